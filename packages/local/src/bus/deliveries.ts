import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';
import type { DeadLetters } from '../dead-letters.js';
import { type LambdaHandler, lambdaContext } from '../lambda-context.js';
import type { BusEvent } from './bus-event.js';
import type { BusJournal, JournalEntry } from './journal.js';
import { Slots } from './slots.js';
import { uuidFrom } from './uuid.js';

/** One event on its way to one function. */
export interface Delivery {
  readonly functionName: string;
  readonly handler: LambdaHandler<BusEvent>;
  /** How often a failed attempt is repeated. */
  readonly retries: number;
  readonly event: BusEvent;
}

export interface DeliveryOptions {
  readonly deadLetters: DeadLetters;
  readonly journal: BusJournal;
  /** How many handlers may run at the same time. */
  readonly concurrency: number;
  /** How long to wait between two attempts. */
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (message: string, error?: unknown) => void;
}

export interface DeliveryCounts {
  /** Calls of a function that succeeded. */
  readonly delivered: number;
  /** Calls beyond the first of a delivery. */
  readonly retried: number;
  /** Deliveries that were given up. */
  readonly dead: number;
}

/** A delivery, and for each copy of its event after how many milliseconds it arrives. */
export interface Plan {
  readonly delivery: Delivery;
  readonly delays: readonly number[];
}

/** How a copy of an event ended: its function or the dead letters have it, or it is the next process's turn. */
type Ending = 'settled' | 'left';

/** One copy of an event, and what has come of it so far. */
interface Trip {
  readonly delivery: Delivery;
  readonly requestId: string;
  attempts: number;
  failure: string | undefined;
}

/** Brings events to functions: at least once, with retries, and to the dead letters when those did not help. */
export class Deliveries {
  readonly #options: DeliveryOptions;
  readonly #slots: Slots;
  readonly #counts = { delivered: 0, retried: 0, dead: 0 };
  #underWay = 0;
  readonly #onIdle: (() => void)[] = [];
  #isStopped = false;
  #wakeAll: () => void = () => undefined;
  readonly #stopping = new Promise<void>((resolve) => {
    this.#wakeAll = resolve;
  });

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /**
   * Takes deliveries on: resolves once they are in the journal, without waiting for what comes of them.
   *
   * @throws What the journal throws; nothing is delivered then.
   */
  async take(plans: readonly Plan[]): Promise<void> {
    await this.#during(async () => {
      const entries = await this.#options.journal.accept(plans.map(({ delivery }) => delivery));
      for (const [index, plan] of plans.entries()) this.start(plan, entries[index]);
    });
  }

  /** Sets out with what is in the journal already. Whatever comes of it, this neither waits nor throws. */
  start({ delivery, delays }: Plan, entry: JournalEntry | undefined): void {
    void this.#during(async () => {
      const endings = await Promise.all(
        delays.map((delayMs) => {
          const trip = { delivery, requestId: uuidFrom(this.#options.random), attempts: 0, failure: undefined };
          return this.#travel(trip, delayMs);
        }),
      );
      if (entry !== undefined && !endings.includes('left')) await this.#finish(entry);
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /**
   * Lets the calls that run finish, leaves what waits to the next process or, where the journal does not outlive this
   * one, to the dead letters, and resolves when that is done.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeAll();
    await this.idle();
  }

  async #travel(trip: Trip, delayMs: number): Promise<Ending> {
    const { backoff, random, journal } = this.#options;
    let waitMs = delayMs;
    do {
      await this.#sleep(waitMs);
      if (await this.#slots.run(() => this.#call(trip))) return 'settled';
      waitMs = jitteredDelay(trip.attempts, backoff, random);
    } while (trip.attempts <= trip.delivery.retries && !this.#isStopped);
    const isLeft = trip.attempts <= trip.delivery.retries && journal.isDurable;
    return isLeft ? 'left' : this.#bury(trip);
  }

  /** Whether the function took the event. */
  async #call(trip: Trip): Promise<boolean> {
    if (this.#isStopped) return false;
    const { functionName, handler, event } = trip.delivery;
    trip.attempts++;
    if (trip.attempts > 1) this.#counts.retried++;
    try {
      // A function may change its event: on AWS, each call parses its own from JSON.
      const ownEvent = structuredClone(event);
      await handler(ownEvent, lambdaContext({ functionName, requestId: trip.requestId, clock: this.#options.clock }));
      this.#counts.delivered++;
      return true;
    } catch (error) {
      trip.failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return false;
    }
  }

  async #bury({ delivery, attempts, failure }: Trip): Promise<Ending> {
    const { clock, deadLetters, journal, log } = this.#options;
    this.#counts.dead++;
    try {
      await deadLetters.write({
        at: new Date(clock.now()).toISOString(),
        function: delivery.functionName,
        source: 'bus',
        reason: failure ?? 'The bus was stopped before the function was called.',
        attempts,
        payload: delivery.event,
      });
      return 'settled';
    } catch (error) {
      const fate = journal.isDurable ? 'waits for the next start' : 'is lost';
      log(
        `Event ${delivery.event.id} for "${delivery.functionName}" ${fate}: the dead letters did not take it.`,
        error,
      );
      return 'left';
    }
  }

  /** An entry that could not be struck out costs nothing but a second delivery after a restart. */
  async #finish(entry: JournalEntry): Promise<void> {
    try {
      await this.#options.journal.finish(entry);
    } catch (error) {
      const { event, functionName } = entry;
      this.#options.log(`The journal did not take that "${functionName}" is done with event ${event.id}.`, error);
    }
  }

  /** Waits, but not longer than until the bus is stopped. */
  async #sleep(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await Promise.race([this.#options.clock.sleep(milliseconds), this.#stopping]);
  }

  /** Counts as under way for as long as the work takes. */
  async #during(work: () => Promise<void>): Promise<void> {
    this.#underWay++;
    try {
      await work();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }
}
