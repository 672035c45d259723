import {
  type EventSchemas,
  InMemoryEventStore,
  isReserved,
  type RecordedEvent,
  recordedEvents,
  startOf,
  streamName,
} from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { createEndHandler } from '../end-handler.js';
import { STARTED } from '../ledger.js';
import { createFactRecorder } from '../record-fact.js';
import type { AnySaga, Saga } from '../saga.js';
import { producedBy, type SagaStep } from '../step.js';
import { createStepHandler } from '../step-handler.js';
import { answered, expired, published } from '../testing/bus.js';
import { VirtualTime } from '../testing/virtual-time.js';
import type { Timer } from '../timers/timers.js';
import { startMetadata } from '../versions.js';
import type { SagaOutcome } from './outcomes.js';
import { checkOutcome, KEY, partOf, scripted } from './script.js';

/** Something that a handler did. */
export type Act =
  | { readonly kind: 'worked'; readonly step: SagaStep; readonly work: 'run' | 'fail' | 'undo' }
  /** An entry that is private to the ledger of a step. */
  | { readonly kind: 'entered'; readonly step: SagaStep; readonly type: string; readonly data: unknown }
  /** The service under a contract answered. */
  | { readonly kind: 'answered'; readonly step: SagaStep; readonly type: string };

/** Whoever says or hears something. */
export type Actor = SagaStep | 'end' | 'outside';

/** One thing that reached somebody, and what was done about it. */
export interface Scene {
  /** The event, or `undefined` for a timer. */
  readonly event?: string;
  readonly from: Actor;
  readonly to: Actor;
  /** Whether it takes work back. */
  readonly isBack: boolean;
  readonly acts: readonly Act[];
  /** Types of the events of the saga that were recorded. */
  readonly recorded: readonly string[];
  /** Since the start, milliseconds. */
  readonly atMs: number;
}

/**
 * Has a run of the saga come to an outcome, by the saga's own handlers: on a store in memory, a bus that delivers in order, and a
 * clock that jumps to the next timer. Only the work of the steps is put by the outcome.
 *
 * @throws InvalidArgumentError when the outcome is none of the saga.
 */
export async function rehearse(saga: AnySaga, outcome: SagaOutcome): Promise<Scene[]> {
  checkOutcome(saga, outcome);
  const rehearsal = new Rehearsal(saga, outcome);
  await rehearsal.play();
  return rehearsal.scenes;
}

class Rehearsal {
  readonly scenes: Scene[] = [];
  readonly #saga: Saga<EventSchemas, Record<string, unknown>>;
  readonly #outcome: SagaOutcome;
  readonly #bus: RecordedEvent[] = [];
  readonly #time = new VirtualTime(0);
  /** Those that are due. */
  readonly #timers: Timer[] = [];
  /** Steps for which somebody outside will record a fact. */
  readonly #facts: SagaStep[] = [];
  /** Services under a contract, by step, and what they have come to. */
  readonly #services = new Map<SagaStep, string>();
  #acts: Act[] = [];
  #isCancelled = false;
  readonly #store: InMemoryEventStore;
  readonly #ports: { store: InMemoryEventStore; timers: VirtualTime; clock: VirtualTime; random: () => number };

  constructor(saga: AnySaga, outcome: SagaOutcome) {
    let commits = 0;
    this.#store = new InMemoryEventStore({ clock: this.#time, ids: () => String(++commits).padStart(26, '0') });
    this.#store.subscribe((commit) => recordedEvents(commit).map((event) => this.#onRecorded(event)));
    this.#ports = { store: this.#store, timers: this.#time, clock: this.#time, random: () => 0.5 };
    this.#outcome = outcome;
    this.#saga = scripted(saga, outcome, (step, work) => this.#acts.push({ kind: 'worked', step, work }));
  }

  async play(): Promise<void> {
    await this.#record(this.#saga.start);
    while (await this.#next()) {
      // Until nothing is on the way any more.
    }
  }

  /** @returns Whether there was anything to do. */
  async #next(): Promise<boolean> {
    if (this.#isTimeToCancel()) await this.#cancel();
    const event = this.#bus.shift();
    if (event) {
      await this.#deliver(event);
      return true;
    }
    const waiting = this.#facts.shift();
    if (waiting) {
      await this.#tell(waiting);
      return true;
    }
    if (this.#timers.length === 0) {
      const due = this.#time.next(Number.POSITIVE_INFINITY);
      if (due && 'timers' in due) this.#timers.push(...due.timers);
    }
    const timer = this.#timers.shift();
    if (timer === undefined) return false;
    await this.#ring(timer);
    return true;
  }

  #isTimeToCancel(): boolean {
    const outcome = this.#outcome;
    const after = outcome.kind === 'cancelled' ? outcome.after : undefined;
    return !this.#isCancelled && this.#bus.some(({ type }) => type === after);
  }

  /** The cancellation overtakes everything that is on the bus. */
  async #cancel(): Promise<void> {
    this.#isCancelled = true;
    await this.#record(this.#saga.cancel ?? '');
    const cancellation = this.#bus.pop();
    if (cancellation) this.#bus.unshift(cancellation);
  }

  /** Brings an event to everybody who listens to it. */
  async #deliver(event: RecordedEvent): Promise<void> {
    const { steps, end } = this.#saga;
    const from = this.#producerOf(event.type);
    for (const step of steps) {
      const isTrigger = step.on.includes(event.type);
      const isAsking = step.undo?.ask === event.type;
      const isBack = isAsking || step.undoneOn.includes(event.type);
      if (!isBack && !isTrigger) continue;
      const handler = createStepHandler(this.#saga, step.name, this.#ports);
      await this.#act({ event: event.type, from, to: step, isBack }, async () => {
        // What asks its service is heard by that alone.
        if (!isAsking) await handler(published(event));
        if (step.work === 'contract' && (isAsking || isTrigger)) await this.#answer(step, isAsking, handler);
      });
    }
    const isBack = end.cancelled.on.includes(event.type);
    if (isBack || end.done.on.includes(event.type)) {
      const handler = createEndHandler(this.#saga, this.#ports);
      await this.#act({ event: event.type, from, to: 'end', isBack }, () => handler(published(event)));
    }
    if (event.type === end.done.emit || event.type === end.cancelled.emit)
      await this.#act({ event: event.type, from, to: 'outside', isBack: false }, async () => undefined);
  }

  /** What the service under a contract says about an event. */
  async #answer(step: SagaStep, isAsked: boolean, handler: BusHandler): Promise<void> {
    const before = this.#services.get(step);
    const next = isAsked ? afterAsking(step, before) : this.#afterTrigger(step, before);
    if (next === undefined) return;
    this.#services.set(step, next);
    this.#acts.push({ kind: 'answered', step, type: next });
    const answer = { type: next, data: { [this.#saga.key]: KEY } };
    const at = new Date(this.#time.now()).toISOString();
    await handler(answered(at, step.contract?.source ?? '', answer, at));
  }

  /** It answers the trigger once, if at all, and not any more when it was told before not to begin. */
  #afterTrigger(step: SagaStep, before: string | undefined): string | undefined {
    return before === undefined ? partOf(step, this.#outcome).answer : undefined;
  }

  /** Records the fact that a step waits for. */
  async #tell(step: SagaStep): Promise<void> {
    const { answer = '' } = partOf(step, this.#outcome);
    const recordFact = createFactRecorder(this.#saga, step.name, this.#ports);
    await this.#act({ event: answer, from: 'outside', to: step, isBack: answer !== step.ok }, async () => {
      await recordFact({ type: answer, data: { [this.#saga.key]: KEY } });
    });
  }

  async #ring(timer: Timer): Promise<void> {
    const step = this.#saga.steps.find(({ name }) => name === timer.step);
    if (step === undefined) return;
    const handler = createStepHandler(this.#saga, step.name, this.#ports);
    await this.#act({ from: step, to: step, isBack: false }, () => handler(expired(timer)));
  }

  async #act(scene: Omit<Scene, 'acts' | 'recorded' | 'atMs'>, happen: () => Promise<void>): Promise<void> {
    this.#acts = [];
    const onTheWay = this.#bus.length;
    await happen();
    const recorded = this.#bus.slice(onTheWay).map(({ type }) => type);
    this.scenes.push({ ...scene, acts: this.#acts, recorded, atMs: this.#time.now() });
  }

  #onRecorded(event: RecordedEvent): void {
    const step = this.#saga.steps.find(({ ledger }) => event.stream === streamName(ledger, KEY));
    if (isReserved(event.type)) {
      if (step === undefined) return;
      this.#acts.push({ kind: 'entered', step, type: event.type, data: event.data });
      const isAnswered = partOf(step, this.#outcome).answer !== undefined;
      if (event.type === STARTED && step.kind === 'wait' && isAnswered) this.#facts.push(step);
      return;
    }
    this.#bus.push(event);
  }

  /** Records an event from outside. */
  async #record(type: string): Promise<void> {
    await this.#store.append({
      after: startOf(streamName(`outside.${type}`, KEY)),
      events: [{ type, data: { [this.#saga.key]: KEY } }],
      metadata: { correlationId: KEY, causationId: KEY, ...startMetadata(this.#saga) },
    });
  }

  #producerOf(type: string): Actor {
    const { steps, end } = this.#saga;
    if (type === end.done.emit || type === end.cancelled.emit) return 'end';
    return steps.find((step) => producedBy(step).includes(type)) ?? 'outside';
  }
}

/** A service that is asked to take its work back has done so, or fails when it had not begun. */
function afterAsking(step: SagaStep, before: string | undefined): string | undefined {
  if (before === step.ok) return step.undo?.ok;
  return before === undefined ? step.fails.at(-1) : undefined;
}
