import type { NewEvent } from '../events.js';
import { UnreadableEventError } from './errors.js';
import type { EventCodec } from './evolving.js';
import { severalOf } from './several-events.js';

/** Where an event of an earlier form is recorded, and how what it becomes is read on. */
export interface Upcasting {
  readonly stream: string;
  /** The revisions that were made into several events on the way to this one. */
  readonly trail: readonly string[];
  /** Reads what an event became: by its own definition, which may be another one. */
  readonly read: <TEvent extends NewEvent>(made: TEvent, trail: readonly string[]) => readonly TEvent[];
}

export type UpcastEvent = <TEvent extends NewEvent>(event: TEvent, upcasting: Upcasting) => readonly TEvent[];

/** @param upcasters - For each revision before `current`, what makes its data into that of the next, or several events. */
export function upcastBy(
  upcasters: Readonly<Record<number, (data: unknown) => unknown>>,
  current: number,
): UpcastEvent {
  return (event, { stream, trail, read }) => {
    const { type, revision = 1 } = event;
    const refuse = (reason: string, options?: ErrorOptions) =>
      new UnreadableEventError({ stream, type, revision }, [{ path: '', reason }], options);

    let { data }: NewEvent = event;
    for (let earlier = revision; earlier < current; earlier++) {
      try {
        data = upcasters[earlier]?.(data);
      } catch (error) {
        throw refuse(`its upcaster for revision ${earlier} threw ${String(error)}`, { cause: error });
      }
      if (data === undefined || data instanceof Promise) {
        throw refuse(`its upcaster for revision ${earlier} returned ${data === undefined ? 'nothing' : 'a promise'}`);
      }
      const several = severalOf(data);
      if (several === undefined) continue;
      const step = `"${type}" of revision ${earlier}`;
      if (trail.includes(step)) throw refuse(`its upcasters make ${step} of itself`);
      const partial = several.length > 1;
      return several.flatMap((part, index) =>
        read(inForm(partial ? withPart(event, index) : event, part), [...trail, step]),
      );
    }
    return read(inForm(event, { type, data, revision: current }), trail);
  };
}

/** An event with another form of its data; revision 1 is left out where it can be. */
function inForm<TEvent extends NewEvent>(event: TEvent, { type, data, revision = 1 }: NewEvent): TEvent {
  return revision === (event.revision ?? 1) ? { ...event, type, data } : { ...event, type, data, revision };
}

/** Parts of parts are counted below them, so that an id stays when another part is split later on. */
function withPart<TEvent extends NewEvent & { readonly id?: unknown }>(event: TEvent, index: number): TEvent {
  return event.id === undefined ? event : { ...event, id: `${event.id}.${index}` };
}

export type DecodeEvent = (event: NewEvent, stream: string) => unknown;

export function decodeBy(codec: EventCodec<unknown, unknown> | undefined): DecodeEvent {
  return ({ type, revision = 1, data }, stream) => {
    if (codec === undefined) return data;
    try {
      return codec.decode(data);
    } catch (error) {
      const reason = `its codec threw ${String(error)}`;
      throw new UnreadableEventError({ stream, type, revision }, [{ path: '', reason }], { cause: error });
    }
  };
}

export type EncodeEvent = <TEvent extends NewEvent>(event: TEvent) => TEvent;

export function encodeBy(codec: EventCodec<unknown, unknown> | undefined, revision: number): EncodeEvent {
  return (event) => {
    const encoded = codec ? { ...event, data: codec.encode(event.data) } : event;
    return revision === 1 ? encoded : { ...encoded, revision };
  };
}
