import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';
import type { DeadLetters } from '../dead-letters.js';
import { type LambdaHandler, lambdaContext } from '../lambda-context.js';
import type { BusEvent } from './bus-event.js';
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
  #onIdle: (() => void)[] = [];
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
   * Takes a delivery on. Whatever comes of it, this neither waits nor throws.
   *
   * @param delays - For each copy of the event, after how many milliseconds it arrives.
   */
  start(delivery: Delivery, delays: readonly number[]): void {
    for (const delayMs of delays) {
      this.#underWay++;
      const trip: Trip = { delivery, requestId: uuidFrom(this.#options.random), attempts: 0, failure: undefined };
      void this.#travel(trip, delayMs).then(() => this.#arrive());
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Lets the calls that run finish, gives what waits to the dead letters, and resolves when that is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeAll();
    await this.idle();
  }

  async #travel(trip: Trip, delayMs: number): Promise<void> {
    const { backoff, random } = this.#options;
    let waitMs = delayMs;
    do {
      await this.#sleep(waitMs);
      if (await this.#slots.run(() => this.#call(trip))) return;
      waitMs = jitteredDelay(trip.attempts, backoff, random);
    } while (trip.attempts <= trip.delivery.retries && !this.#isStopped);
    await this.#bury(trip);
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

  async #bury({ delivery, attempts, failure }: Trip): Promise<void> {
    const { clock, deadLetters, log } = this.#options;
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
    } catch (error) {
      log(
        `Event ${delivery.event.id} for "${delivery.functionName}" is lost: the dead letters did not take it.`,
        error,
      );
    }
  }

  /** Waits, but not longer than until the bus is stopped. */
  async #sleep(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await Promise.race([this.#options.clock.sleep(milliseconds), this.#stopping]);
  }

  #arrive(): void {
    this.#underWay--;
    if (this.#underWay > 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }
}
