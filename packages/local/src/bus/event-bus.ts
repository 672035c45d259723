import { type Backoff, type Clock, InvalidArgumentError, type Random, systemClock, systemRandom } from '@everfold/core';
import type { DeadLetters } from '../dead-letters.js';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../lambda-context.js';
import { type BusEvent, toSeconds } from './bus-event.js';
import { type BusRule, type CompiledRule, compileRules } from './bus-rule.js';
import { Deliveries, type Delivery, type DeliveryCounts, type Plan } from './deliveries.js';
import { type Faults, noFaults } from './faults.js';
import { type BusJournal, InMemoryJournal, type JournalEntry } from './journal.js';
import {
  type AcceptedEntry,
  acceptEntry,
  checkedEntries,
  type PutEventsEntry,
  type PutEventsRequest,
  type PutEventsResult,
  type PutEventsResultEntry,
} from './put-events.js';
import { uuidFrom } from './uuid.js';

export interface EventBusOptions {
  readonly rules: readonly BusRule[];
  readonly deadLetters: DeadLetters;
  /** Where it is kept what is under way. Default: in memory. */
  readonly journal?: BusJournal;
  /** Hears of what a bus on AWS would swallow, and of events that were lost. */
  readonly log: (message: string, error?: unknown) => void;
  /** What publishers call this bus, themselves or at the end of an ARN. Default `default`. */
  readonly name?: string;
  /** How many functions may run at the same time. Default 64. */
  readonly concurrency?: number;
  /** How waits between attempts grow. Default from 100 milliseconds up to 5 seconds. */
  readonly backoff?: Backoff;
  /** What goes wrong on the way. Default nothing. */
  readonly faults?: Faults;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface BusCounts extends DeliveryCounts {
  /** Entries that were accepted for this bus. */
  readonly published: number;
  /** Pairs of an event and a rule that it matches. */
  readonly matched: number;
}

/**
 * An event bus for one machine that behaves as Amazon EventBridge does towards publishers and functions.
 *
 * What is under way is lost with the process, unless a journal keeps it: without one, wait for {@link EventBus.idle}
 * before {@link EventBus.stop}.
 *
 * @throws InvalidPatternError when EventBridge would refuse a rule's pattern.
 * @throws InvalidArgumentError when two rules share a name, or a number makes no sense.
 *
 * @example
 * ```ts
 * const bus = new EventBus({ rules: [{ name: 'reserve', pattern: { source: ['order'] }, handler }], deadLetters, log });
 * await bus.putEvents({ Entries: [{ Source: 'order', DetailType: 'OrderPlaced', Detail: '{"orderId":"1"}' }] });
 * await bus.idle();
 * ```
 */
export class EventBus {
  readonly #name: string;
  readonly #rules: readonly CompiledRule[];
  readonly #deliveries: Deliveries;
  readonly #journal: BusJournal;
  readonly #faults: Faults;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: EventBusOptions['log'];
  #published = 0;
  #matched = 0;
  #isStopped = false;

  constructor(options: EventBusOptions) {
    const { concurrency = 64, backoff = { firstMs: 100, longestMs: 5000 } } = options;
    const { clock = systemClock, random = systemRandom, journal = new InMemoryJournal(), deadLetters, log } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new InvalidArgumentError(`The bus cannot run ${concurrency} functions at once. Let it run 1 or more.`);
    }
    this.#name = options.name ?? 'default';
    this.#rules = compileRules(options.rules);
    this.#deliveries = new Deliveries({ concurrency, backoff, clock, random, deadLetters, journal, log });
    this.#journal = journal;
    this.#faults = options.faults ?? noFaults;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
  }

  get counts(): BusCounts {
    return { published: this.#published, matched: this.#matched, ...this.#deliveries.counts };
  }

  /**
   * Publishes events, as the `PutEvents` action does: resolves once the journal has them; functions get them afterwards.
   *
   * @throws PutEventsRefusedError when EventBridge would refuse the request as a whole.
   * @throws InvalidArgumentError when the bus was stopped.
   */
  async putEvents(request: PutEventsRequest): Promise<PutEventsResult> {
    this.#checkRuns();
    const plans: Plan[] = [];
    const results = checkedEntries(request).map((entry) => this.#put(entry, plans));
    await this.#deliveries.take(plans);
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  /**
   * Runs a rule as its schedule does: resolves once the journal has it; the function gets its event afterwards.
   * Source: EventBridge User Guide, "Creating a scheduled rule (legacy) in Amazon EventBridge".
   *
   * @param name - Of a rule of this bus.
   * @throws InvalidArgumentError when there is no such rule, or the bus was stopped.
   */
  async runScheduled(name: string): Promise<void> {
    this.#checkRuns();
    const rule = this.#rules.find((each) => each.name === name);
    if (rule === undefined)
      throw new InvalidArgumentError(`There is no rule "${name}" on this bus. Name one of its own.`);
    const resources = [`arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:rule/${name}`];
    const detailType = 'Scheduled Event';
    const event = this.#toEvent({ source: 'aws.events', detailType, detail: {}, time: undefined, resources });
    await this.#deliveries.take([this.#planOf(rule, event)]);
  }

  /**
   * Takes up what an earlier process left in the journal; attempts are counted from the beginning. Call it once, as soon
   * as functions can be called. What was for a function that has no rule any more goes to the dead letters.
   *
   * @returns How many deliveries these are.
   */
  resume(): number {
    const left = this.#journal.left();
    for (const entry of left) this.#deliveries.start({ delivery: this.#deliveryOf(entry), delays: [0] }, entry);
    return left.length;
  }

  /** Resolves when every event has been taken by its functions, or has been given up. */
  idle(): Promise<void> {
    return this.#deliveries.idle();
  }

  /**
   * Refuses further events, lets functions finish that run, gives what waits to the dead letters unless the journal
   * keeps it for the next process, and resolves then.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#deliveries.stop();
  }

  /** @param plans - Takes up what is to be delivered. */
  #put(entry: PutEventsEntry, plans: Plan[]): PutEventsResultEntry {
    const accepted = acceptEntry(entry);
    if ('ErrorCode' in accepted) return accepted;

    const event = this.#toEvent(accepted);
    if (accepted.bus === this.#name) {
      plans.push(...this.#publish(event));
    } else {
      // EventBridge accepts an event for a bus that does not exist, and drops it without a word.
      this.#log(`Event ${event.id} is dropped: there is no bus "${accepted.bus}" here, only "${this.#name}".`);
    }
    return { EventId: event.id };
  }

  #publish(event: BusEvent): readonly Plan[] {
    const matching = this.#rules.filter(({ matches }) => matches(event));
    this.#published++;
    this.#matched += matching.length;
    return matching.map((rule) => this.#planOf(rule, event));
  }

  #planOf({ name, handler, retries }: CompiledRule, event: BusEvent): Plan {
    return { delivery: { functionName: name, handler, retries, event }, delays: this.#faults() };
  }

  #checkRuns(): void {
    if (this.#isStopped) throw new InvalidArgumentError('The bus was stopped. Publish before, or start another.');
  }

  #deliveryOf({ functionName, event }: JournalEntry): Delivery {
    const rule = this.#rules.find(({ name }) => name === functionName);
    if (rule !== undefined) return { functionName, event, handler: rule.handler, retries: rule.retries };
    const refuse = () => Promise.reject(new InvalidArgumentError(`There is no function "${functionName}" any more.`));
    return { functionName, event, handler: refuse, retries: 0 };
  }

  #toEvent({ source, detailType, detail, time, resources }: Omit<AcceptedEntry, 'bus'>): BusEvent {
    return {
      version: '0',
      id: uuidFrom(this.#random),
      'detail-type': detailType,
      source,
      account: LOCAL_ACCOUNT,
      time: toSeconds(time ?? new Date(this.#clock.now())),
      region: LOCAL_REGION,
      resources: [...resources],
      detail,
    };
  }
}
