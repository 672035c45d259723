import { type Append, type EventSchemas, type EventStore, isReserved, type TransactionPart } from '@everfold/core';
import { FENCED, STARTED, type Work } from '../ledger.js';
import type { AnySaga, Saga } from '../saga.js';
import type { SagaStep } from '../step.js';
import type { CrashPoint, Mischief } from './mischief.js';

/** What came of an attempt, as far as it has got. */
export type Progress =
  | { readonly state: 'done' }
  | { readonly state: 'asleep' }
  | { readonly state: 'crashed'; readonly point: CrashPoint }
  | { readonly state: 'threw'; readonly error: unknown };

/** A saga of which nobody knows what its steps need. */
export type Played = Saga<EventSchemas, Record<string, object>>;

/** Has something called after so many milliseconds. */
export type FallAsleep = (milliseconds: number, wake: () => Promise<Progress>) => void;

/**
 * One attempt to handle a delivery: a process that may die, or wait for an answer. A process that died does nothing
 * any more: its promise is never settled.
 */
export class Attempt {
  readonly #step: string;
  readonly #mischief: Mischief;
  readonly #fallAsleep: FallAsleep;
  #report: (progress: Progress) => void = () => undefined;

  /** @param step - Whose process it is: that of a step, or `end`. */
  constructor(step: string, mischief: Mischief, fallAsleep: FallAsleep) {
    this.#step = step;
    this.#mischief = mischief;
    this.#fallAsleep = fallAsleep;
  }

  /** Lets it go on until it is done, has died or waits. */
  async goOn(act: () => Promise<void> | void): Promise<Progress> {
    return new Promise((resolve) => {
      this.#report = resolve;
      const acted = act();
      acted?.then(
        () => this.#report({ state: 'done' }),
        (error: unknown) => this.#report({ state: 'threw', error }),
      );
    });
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return;
    return new Promise((resolve) => {
      this.#fallAsleep(milliseconds, () => this.goOn(resolve));
      this.#report({ state: 'asleep' });
    });
  }

  async #pass(point?: CrashPoint): Promise<void> {
    for (let turns = this.#mischief.choose(8); turns > 0; turns--) await Promise.resolve();
    if (point === undefined || !this.#mischief.crashes(this.#step, point)) return;
    this.#report({ state: 'crashed', point });
    return new Promise(() => undefined);
  }

  /** The saga, with functions of its steps that may be late, throw or be the last that the process does. */
  inhabit(saga: AnySaga): Played {
    const { earlier, services: _onlyAType, ...definition } = saga;
    const steps = saga.steps.map((step) => (step.name === this.#step ? this.#inhabitStep(step) : step));
    return { ...definition, steps, ...(earlier ? { earlier: earlier.map((each) => this.inhabit(each)) } : {}) };
  }

  #inhabitStep(step: SagaStep): SagaStep {
    const { run, undo, deadline } = step;
    return {
      ...step,
      ...(run ? { run: this.#around('run', run) } : {}),
      ...(undo?.run ? { undo: { ...undo, run: this.#around('undo', undo.run) } } : {}),
      ...(deadline?.fail ? { deadline: { ...deadline, fail: this.#around('fail', deadline.fail) } } : {}),
    };
  }

  #around<TInput, TOutcome>(work: Work, act: (input: TInput, services: unknown) => Promise<TOutcome> | TOutcome) {
    return async (input: TInput, services: unknown): Promise<TOutcome> => {
      await this.#pass(`before ${work}`);
      if (this.#mischief.throws(this.#step, work)) throw new Error(`${work} of "${this.#step}" was made to throw`);
      if (work === 'run') await this.#sleep(this.#mischief.delayMs(this.#step, 'call'));
      const outcome = await act(input, services);
      if (work === 'run') await this.#sleep(this.#mischief.delayMs(this.#step, 'answer'));
      await this.#pass(`after ${work}`);
      return outcome;
    };
  }

  /** The store, in which each write of the process may be its last. */
  writeTo(store: EventStore): EventStore {
    const around = async <TResult>(parts: readonly TransactionPart[], act: () => Promise<TResult>) => {
      const what = entryOf(parts);
      await this.#pass(what && `before ${what}`);
      const result = await act();
      await this.#pass(what && `after ${what}`);
      return result;
    };
    return new Proxy(store, {
      get(target, name) {
        if (name === 'append') return (part: Append) => around([part], () => target.append(part));
        if (name === 'transact')
          return (parts: readonly TransactionPart[]) => around(parts, () => target.transact(parts));
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }
}

/** Which of the writes that a process may die beside this is, if any. */
function entryOf(parts: readonly TransactionPart[]): 'start' | 'fence' | 'record' | undefined {
  const types = parts.flatMap((part) => ('after' in part ? part.events.map(({ type }) => type) : []));
  if (types.includes(FENCED)) return 'fence';
  if (types.includes(STARTED)) return 'start';
  return types.every(isReserved) ? undefined : 'record';
}
