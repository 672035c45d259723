import type { EventStore } from './event-store.js';

/** A call of a store. */
export interface Call {
  readonly method: keyof EventStore;
  readonly args: readonly unknown[];
}

/** A store that does some things in another way. */
export function overriding<TStore extends EventStore>(store: TStore, overrides: Partial<EventStore>): TStore {
  return new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(name in overrides ? overrides : target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** A store that notes every call. */
export function noting<TStore extends EventStore>(
  store: TStore,
): { store: TStore; calls: Call[]; methods(): string[] } {
  const calls: Call[] = [];
  const noted = new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name);
      if (typeof own !== 'function') return own;
      return (...args: unknown[]) => {
        calls.push({ method: name as keyof EventStore, args });
        return own.apply(store, args);
      };
    },
  });
  /** What was called since it was asked last. */
  const methods = () => calls.splice(0).map(({ method }) => method);
  return { store: noted, calls, methods };
}
