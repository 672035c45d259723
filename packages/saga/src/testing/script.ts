import { AssertionError } from 'node:assert/strict';
import {
  type Clock,
  type CommandMetadata,
  type EventOf,
  type EventSchemas,
  type EventStore,
  isEverfoldError,
  type NewEvent,
} from '@everfold/core';
import { keyOf } from '../context.js';
import { durationMs } from '../duration.js';
import type { Work } from '../ledger.js';
import { producedBy } from '../step.js';
import type { Duration } from '../types.js';
import { definitionsOf } from '../versions.js';
import { resolve, resume } from './by-hand.js';
import { type CrashPoint, type Late, seededRandom } from './mischief.js';
import type { Play } from './play.js';

/** What a fixture is made of. */
export interface FixturePorts {
  readonly store: EventStore;
  /** Stands still but for `advance`. */
  readonly clock: Clock;
}

/** Whose run is meant, where there are several. */
export interface OfKey {
  /** Default: the key of the first event that was given. */
  readonly key?: string;
}

/**
 * What happens to a saga: each method adds to it, and nothing happens before a `then…` is awaited. An event begins to travel at
 * once; whatever comes after it, but for another `when`, happens when all is quiet again.
 */
export class SagaScript<TSchemas extends EventSchemas, TSteps> {
  readonly #play: Play;
  readonly #keys = new Set<string>();
  #actions: (() => Promise<void> | void)[] = [];
  #known = 0;
  #playing: Promise<unknown> = Promise.resolve();

  constructor(play: Play) {
    this.#play = play;
  }

  /** Events of before, in their order: the start, facts, answers, a cancellation. `thenEvents` tells only what came later. */
  given(...events: readonly EventOf<TSchemas>[]): this {
    for (const event of events) this.#add(() => this.#happen(event));
    return this.#whenQuiet(() => {
      this.#known = this.#play.events.length;
    });
  }

  /** An event that starts a run, or cancels one. Several `when` in a row happen side by side. @param metadata - Default: what `startMetadata` gives. */
  when(event: EventOf<TSchemas>, metadata?: CommandMetadata): this {
    return this.#add(() => this.#happen(event, metadata));
  }

  /** Somebody cancels a run, with the saga's `cancel` event. */
  cancel(event: EventOf<TSchemas>): this {
    return this.#whenQuiet(() => this.#happen(event));
  }

  /** Somebody tells a waiting step what it waits for. */
  fact(step: keyof TSteps & string, fact: EventOf<TSchemas>): this {
    return this.#whenQuiet(() => this.#play.recordFact(step, this.#noteKey(fact)));
  }

  /** The service that runs a step under a contract answers. */
  answer(answer: EventOf<TSchemas>): this {
    return this.#whenQuiet(() => this.#happen(answer));
  }

  /** Time passes: timers come due in their order, and each time all that follows on it is done. */
  advance(time: Duration): this {
    return this.#add(() => this.#play.advance(durationMs(time)));
  }

  /** Waits until all is quiet, so that the next `when` comes after it. */
  settle(): this {
    return this.#whenQuiet(() => undefined);
  }

  /** Whatever else happens meanwhile, such as goods that come in. */
  also(act: (ports: FixturePorts) => unknown): this {
    return this.#whenQuiet(async () => {
      await act({ store: this.#play.store, clock: this.#play.time });
    });
  }

  /** From now on, every delivery is made twice at the same moment, and once more later. */
  duplicateEverything(): this {
    return this.#add(() => {
      this.#play.mischief.duplicates = true;
    });
  }

  /** From now on, deliveries are made in any order and side by side: in the same one for the same seed. */
  shuffle(seed: number): this {
    return this.#add(() => {
      this.#play.mischief.random = seededRandom(seed);
    });
  }

  /** The process that handles a step dies. Its delivery is made again, as Lambda does it: three times in all. @param times - Default once. */
  crash(step: (keyof TSteps & string) | 'end', point: CrashPoint, times = 1): this {
    return this.#add(() => this.#play.mischief.crash(step, point, times));
  }

  /** A function of a step throws before it does anything. @param times - Default once. */
  throwing(step: keyof TSteps & string, work: Work = 'run', times = 1): this {
    return this.#add(() => this.#play.mischief.throw(step, work, times));
  }

  /** The next call of a step's `run` gets to the other side late, or its answer comes back late. */
  late(step: keyof TSteps & string, by: Duration, what: Late = 'answer'): this {
    return this.#add(() => this.#play.mischief.delay(step, what, durationMs(by)));
  }

  /** The next event of this type gets lost: nobody hears of it. */
  dropOnce(type: keyof TSchemas & string): this {
    return this.#add(() => this.#play.mischief.drop(type));
  }

  /** What a sweeper does: every event is delivered again, and each step looked after. */
  redeliver(): this {
    return this.#whenQuiet(() => this.#play.redeliver([...this.#keys]));
  }

  /** Somebody has a parked step tried again. */
  resume(step: keyof TSteps & string, of: OfKey = {}): this {
    return this.#whenQuiet(() => resume(this.#play, step, this.keyOf(of)));
  }

  /** Somebody says what a parked step came to. */
  resolve(step: keyof TSteps & string, outcome: EventOf<TSchemas>): this {
    return this.#whenQuiet(() => resolve(this.#play, step, keyOf(this.#play.saga, outcome), outcome));
  }

  /** What happened, a line each, once all is quiet. */
  async timeline(): Promise<string> {
    return `${(await this.played()).timeline}`;
  }

  /** Does what is left to do, after what is being done. */
  protected played(): Promise<Play> {
    const actions = this.#actions;
    this.#actions = [];
    const playing = this.#playing.then(async () => {
      for (const act of actions) await act();
      await this.#play.settle();
      return this.#play;
    });
    // Whoever waits hears of a failure; what comes after it goes on.
    this.#playing = playing.catch(() => undefined);
    return playing;
  }

  protected news() {
    return this.#play.events.slice(this.#known);
  }

  protected keyOf({ key = [...this.#keys][0] }: OfKey): string {
    if (key === undefined) throw new AssertionError({ message: 'Nothing has happened: there is no run to look at.' });
    return key;
  }

  #add(act: () => Promise<void> | void): this {
    this.#actions.push(act);
    return this;
  }

  #whenQuiet(act: () => Promise<void> | void): this {
    return this.#add(async () => {
      await this.#play.settle();
      await act();
    });
  }

  /** Has an event happen where events of its type come from. */
  async #happen(event: NewEvent, metadata?: CommandMetadata): Promise<void> {
    this.#noteKey(event);
    const { saga } = this.#play;
    const steps = definitionsOf(saga).flatMap((definition) => definition.steps);
    const producer = steps.find((step) => producedBy(step).includes(event.type));
    try {
      if (event.type === saga.start || event.type === saga.cancel) return await this.#play.record(event, metadata);
      if (producer?.contract && event.type !== producer.undo?.ask)
        return this.#play.answer(producer.contract.source, event);
      if (producer?.work === 'wait') {
        await this.#play.settle();
        return await this.#play.recordFact(producer.name, event);
      }
    } catch (error) {
      if (!isEverfoldError(error, 'INVALID_EVENT')) throw error;
      throw Object.assign(new AssertionError({ message: `An event cannot happen. ${error.message}` }), {
        cause: error,
      });
    }
    const problem = producer ? `comes from step "${producer.name}" itself` : 'is none that comes from outside';
    throw new AssertionError({ message: `"${event.type}" cannot be made to happen: it ${problem}.` });
  }

  #noteKey<TEvent extends NewEvent>(event: TEvent): TEvent {
    this.#keys.add(keyOf(this.#play.saga, event));
    return event;
  }
}
