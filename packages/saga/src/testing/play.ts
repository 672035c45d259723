import {
  type CommandMetadata,
  completeMetadata,
  type EventPattern,
  type InMemoryEventStore,
  isReserved,
  type NewEvent,
  type RecordedEvent,
  recordedEvents,
  startOf,
  streamName,
  validateEvent,
} from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { createEndHandler } from '../end-handler.js';
import { endPattern, stepPattern } from '../patterns.js';
import type { SagaPorts } from '../ports.js';
import { createFactRecorder } from '../record-fact.js';
import { createStepHandler } from '../step-handler.js';
import { definitionsOf, eventsOf, startMetadata } from '../versions.js';
import { Attempt, type Played, type Progress } from './attempt.js';
import { answered, type BusEvent, expired, matches, published, SOURCE } from './bus.js';
import { Mischief } from './mischief.js';
import { Timeline } from './timeline.js';
import type { Due, VirtualTime } from './virtual-time.js';

/** A handler of the saga, and what its rule lets through to it. */
interface Listener {
  /** Name of a step, or `end`. */
  readonly name: string;
  readonly pattern: EventPattern;
  readonly handlerIn: (attempt: Attempt) => BusHandler;
}

interface Delivery {
  readonly to: Listener;
  readonly event: BusEvent;
  /** How often it is made at once. */
  readonly copies: number;
  readonly failed: number;
}

/** What somebody would not do. */
export interface Refusal {
  /** Name of a step, or `end`. */
  readonly by: string;
  readonly error: unknown;
}

/** A function that is called asynchronously is tried twice more. Source: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation". */
const ATTEMPTS = 3;

/** More than any run needs: something goes round in circles. */
const MOST_DELIVERIES = 20_000;

/** A saga at work in memory: the bus, the handlers, the clock, and what goes wrong. */
export class Play {
  readonly saga: Played;
  readonly store: InMemoryEventStore;
  readonly time: VirtualTime;
  readonly mischief = new Mischief();
  readonly timeline: Timeline;
  /** Public events of the saga, in the order of recording. */
  readonly events: RecordedEvent[] = [];
  readonly refusals: Refusal[] = [];
  readonly #listeners: readonly Listener[];
  readonly #queue: Delivery[] = [];
  #inputs = 0;
  #deliveries = 0;

  constructor(
    saga: Played,
    ports: { store: InMemoryEventStore; time: VirtualTime },
    services: ReadonlyMap<string, unknown>,
  ) {
    this.saga = saga;
    this.store = ports.store;
    this.time = ports.time;
    this.timeline = new Timeline(saga, ports.time.now());
    this.#listeners = this.#listen(services);
    this.store.subscribe((commit) => {
      for (const event of recordedEvents(commit)) this.#recorded(event);
    });
  }

  #listen(services: ReadonlyMap<string, unknown>): readonly Listener[] {
    const names = new Set(definitionsOf(this.saga).flatMap(({ steps }) => steps.map(({ name }) => name)));
    const steps = [...names].map((name) => ({
      name,
      pattern: stepPattern(this.saga, name, SOURCE),
      handlerIn: (attempt: Attempt) =>
        createStepHandler(attempt.inhabit(this.saga), name, {
          ...this.#ports(attempt),
          // Which ones a step needs, the fixture's type has checked.
          services: (services.get(name) ?? {}) as object,
        }),
    }));
    const end = {
      name: 'end',
      pattern: endPattern(this.saga, SOURCE),
      handlerIn: (attempt: Attempt) => createEndHandler(this.saga, this.#ports(attempt)),
    };
    return [...steps, end];
  }

  #ports(attempt: Attempt): SagaPorts {
    return { store: attempt.writeTo(this.store), timers: this.time, clock: this.time, random: () => 0 };
  }

  #recorded(event: RecordedEvent): void {
    this.timeline.record(event);
    if (isReserved(event.type) || !Object.hasOwn(eventsOf(this.saga), event.type)) return;
    this.events.push(event);
    if (this.mischief.drops(event.type)) this.#note('', `${event.type} was lost on its way`);
    else this.#publish(published(event));
  }

  #publish(event: BusEvent): void {
    const listeners = this.#listeners.filter(({ pattern }) => matches(pattern, event));
    const again = this.mischief.duplicates ? [2, 1] : [1];
    for (const copies of again) {
      for (const to of listeners) this.#queue.push({ to, event, copies, failed: 0 });
    }
  }

  /** Records an event from outside in a stream of its own: the start, or a cancellation. */
  async record(event: NewEvent, metadata: CommandMetadata = {}): Promise<void> {
    const checked = await validateEvent(this.saga.events, event);
    const id = `${++this.#inputs}`;
    const complete = completeMetadata({ ...startMetadata(this.saga), ...metadata }, () => `command-${id}`);
    await this.store.append({ after: startOf(streamName('command', id)), events: [checked], metadata: complete });
  }

  /** Tells a step what it waits for. */
  async recordFact(step: string, fact: NewEvent): Promise<void> {
    const recordFact = createFactRecorder(this.saga, step, { store: this.store, clock: this.time });
    await recordFact(fact).catch((error: unknown) => this.#refused(step, error));
  }

  /** Has the service that runs a step answer. */
  answer(source: string, answer: NewEvent): void {
    const id = `answer-${++this.#inputs}`;
    this.#note('', `${source} answers ${answer.type}`);
    this.#publish(answered(id, source, answer, new Date(this.time.now()).toISOString()));
  }

  /** Has everything published that was recorded, and each step looked after, as the sweeper does it. */
  redeliver(keys: readonly string[]): void {
    this.#note('', 'everything is delivered again');
    for (const event of [...this.events]) this.#publish(published(event));
    const at = new Date(this.time.now()).toISOString();
    for (const key of keys) {
      for (const { name } of this.#listeners) this.#publish(expired({ saga: this.saga.name, step: name, key, at }));
    }
  }

  /** Has a step look after what is left to do. */
  wake(step: string, key: string): void {
    this.#publish(expired({ saga: this.saga.name, step, key, at: new Date(this.time.now()).toISOString() }));
  }

  /** Delivers until nothing is left to deliver. */
  async settle(): Promise<void> {
    while (true) {
      const due = this.#queue.length === 0 ? this.time.next(this.time.now()) : undefined;
      if (due !== undefined) await this.#come(due);
      else if (this.#queue.length === 0) return;
      else await Promise.all(this.#takeSome().map((delivery) => this.#deliver(delivery)));
    }
  }

  /** Lets time pass, step by step, as far as something is due. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.time.now() + milliseconds;
    await this.settle();
    for (let due = this.time.next(until); due !== undefined; due = this.time.next(until)) {
      await this.#come(due);
      await this.settle();
    }
    this.time.moveTo(until);
  }

  async #come(due: Due): Promise<void> {
    if ('wake' in due) return due.wake();
    for (const timer of due.timers) this.#publish(expired(timer));
  }

  /** What is delivered next: the first of all; or, where deliveries are shuffled, up to three of them at once. */
  #takeSome(): readonly Delivery[] {
    this.#deliveries++;
    if (this.#deliveries > MOST_DELIVERIES) throw new Error(`This goes round in circles.\n${this.timeline}`);
    const some: Delivery[] = [];
    for (let count = this.mischief.choose(3); count >= 0 && this.#queue.length > 0; count--) {
      some.push(...this.#queue.splice(this.mischief.choose(this.#queue.length), 1));
    }
    return some;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { to, event, copies } = delivery;
    const attempts = Array.from({ length: copies }, async () => {
      const single = { ...delivery, copies: 1 };
      const attempt: Attempt = new Attempt(to.name, this.mischief, (milliseconds, wake) =>
        this.time.after(milliseconds, async () => this.#came(single, await wake())),
      );
      this.#came(single, await attempt.goOn(() => to.handlerIn(attempt)(event)));
    });
    await Promise.all(attempts);
  }

  #came(delivery: Delivery, progress: Progress): void {
    if (progress.state === 'done' || progress.state === 'asleep') return;
    const { name } = delivery.to;
    const type = delivery.event['detail-type'];
    const failed = delivery.failed + 1;
    if (progress.state === 'crashed') this.#note(name, `crashed ${progress.point}, upon ${type}`);
    else this.#note(name, `threw upon ${type}: ${messageOf(progress.error)}`);
    if (failed < ATTEMPTS) this.#queue.push({ ...delivery, failed });
    else if (progress.state === 'threw') this.#refused(name, progress.error);
  }

  #refused(by: string, error: unknown): void {
    this.#note(by, `gave up: ${messageOf(error)}`);
    this.refusals.push({ by, error });
  }

  #note(who: string, what: string): void {
    this.timeline.note(this.time.now(), who, what);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
