import {
  type Append,
  type EventSchemas,
  encodeEvent,
  InvalidArgumentError,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '@everfold/core';
import { type BusHandler, createBusHandler } from '@everfold/eventbridge';
import { checkOutcome, keyOf, metadataOf, readAgain } from './context.js';
import { InvalidOutcomeError } from './errors.js';
import { decideBackward, decideForward, FENCED, type Ledger, STARTED, TOMBSTONED } from './ledger.js';
import { emptyLedger, enter, loadLedger } from './loaded-ledger.js';
import { retryConflicts, type SagaPorts } from './ports.js';
import type { AnySaga, Saga } from './saga.js';
import { type AnyOutcome, ledgerStream, type SagaStep } from './step.js';
import { isAllTakenBack } from './take-back.js';

/** What the functions of a step need, if they need anything. */
type ServicesOf<TServices> = unknown extends TServices
  ? { readonly services?: undefined }
  : { readonly services: TServices };

/**
 * Makes the Lambda handler of a step: it runs the step when its trigger arrives, and undoes it when what depends on it failed.
 * Duplicates, reordering and crashes are answered by the step's ledger.
 *
 * Costs, for a step that acts in the store only: one write of the outcome (a PutItem, or a transaction with its decisions),
 * and what its functions read. For one that acts outside: one PutItem more, for its start. A duplicate costs a write that
 * fails, and one Query; an undo one Query and one write. A trigger that was too large for the bus costs one Query more.
 *
 * @param saga - The definition.
 * @param name - Name of the step.
 * @param ports - The store, and what the step's functions need.
 * @throws InvalidArgumentError when the saga has no such step.
 */
export function createStepHandler<TSteps, TName extends keyof TSteps & string>(
  saga: Saga<EventSchemas, TSteps>,
  name: TName,
  ports: SagaPorts & ServicesOf<TSteps[TName]>,
): BusHandler {
  const step = saga.steps.find((candidate) => candidate.name === name);
  if (step === undefined) {
    throw new InvalidArgumentError(
      `Saga "${saga.name}" has no step "${name}"; it has ${saga.steps.map((each) => each.name).join(', ')}.`,
    );
  }
  const run = new StepRun(saga, step, ports, ports.services);
  return createBusHandler<EventSchemas>(saga.events, (event) => run.on(event), { eventStore: ports.store });
}

/** One step of one saga, at work. */
class StepRun {
  readonly #saga: AnySaga;
  readonly #step: SagaStep;
  readonly #ports: SagaPorts;
  readonly #services: unknown;

  constructor(saga: AnySaga, step: SagaStep, ports: SagaPorts, services: unknown) {
    this.#saga = saga;
    this.#step = step;
    this.#ports = ports;
    this.#services = services;
  }

  async on(event: RecordedEvent): Promise<void> {
    const key = keyOf(this.#saga, event);
    if (event.type === this.#step.on) return retryConflicts(this.#ports, (failed) => this.#forward(event, key, failed));
    if (this.#step.undoneOn.includes(event.type)) return retryConflicts(this.#ports, () => this.#backward(event, key));
  }

  async #forward(event: RecordedEvent, key: string, failed: number): Promise<void> {
    // A trigger nearly always finds an empty ledger. So the first attempt asks nobody: if it is wrong, its write collides.
    const { ledger, position } = failed === 0 ? emptyLedger(this.#step, key) : await this.#load(key);
    const next = decideForward(ledger, this.#step);
    if (next === 'nothing') return;
    // All attempts act on what the first one was given: they have one idempotency key.
    const trigger = ledger.trigger ? await this.#readAgain(ledger.trigger, key) : event;
    const started = next === 'start' ? await this.#start(position, event) : position;
    const outcome = await this.#step.run(
      { event: trigger, key, idempotencyKey: this.#idempotencyKey(key) },
      this.#services,
    );
    await this.#record(started, outcome, [this.#step.ok, ...this.#step.fails], trigger, key);
  }

  async #backward(cause: RecordedEvent, key: string): Promise<void> {
    const { ledger, position } = await this.#load(key);
    switch (decideBackward(ledger)) {
      case 'tombstone':
        await this.#enter(position, TOMBSTONED, { cause: cause.id }, cause);
        return;
      case 'fence':
      case 'fail':
        return this.#fail(ledger, position, cause, key);
      case 'undo':
        return this.#undo(ledger, position, cause, key);
      case 'nothing':
        return;
    }
  }

  /** Ends a step whose outcome is not known. Behind the fence, no attempt of it can be recorded any more. */
  async #fail({ status, trigger }: Ledger, position: Position, cause: RecordedEvent, key: string): Promise<void> {
    const { timeout, fails, name } = this.#step;
    if (timeout === undefined || trigger === undefined) {
      throw new InvalidOutcomeError(
        name,
        'it was started outside the store and has no timeout that says how to end it',
      );
    }
    const event = await this.#readAgain(trigger, key);
    const fenced = status === 'fenced' ? position : await this.#enter(position, FENCED, { cause: cause.id }, cause);
    const failure = await timeout.fail({ event, key, idempotencyKey: this.#idempotencyKey(key) }, this.#services);
    await this.#record(fenced, failure, fails, cause, key);
  }

  async #undo({ outcome }: Ledger, position: Position, cause: RecordedEvent, key: string): Promise<void> {
    const { undo, ok } = this.#step;
    if (undo === undefined || outcome === undefined) return;
    if (!(await isAllTakenBack(this.#ports.store, this.#saga, ok, cause, key))) return;
    const { data } = await this.#readAgain(outcome, key);
    const undone = await undo.run(
      { outcome: data, cause, key, idempotencyKey: this.#idempotencyKey(key) },
      this.#services,
    );
    await this.#record(position, undone, [undo.ok], cause, key);
  }

  async #record(
    after: Position,
    outcome: AnyOutcome,
    allowed: readonly string[],
    cause: RecordedEvent,
    key: string,
  ): Promise<void> {
    const metadata = metadataOf(this.#saga, cause);
    const event = await checkOutcome(this.#saga, this.#step.name, outcome, allowed, key);
    const ledger: Append = { after, events: [event], metadata };
    const decisions = (outcome.decisions ?? []).map((decision) => ({ ...decision, metadata }));
    await this.#ports.store.transact([ledger, ...decisions]);
  }

  #load(key: string) {
    return loadLedger(this.#ports.store, this.#step, key);
  }

  #readAgain<TEvent extends NewEvent>(event: TEvent, key: string): Promise<TEvent> {
    return readAgain(this.#saga, event, ledgerStream(this.#step, key));
  }

  #start(after: Position, trigger: RecordedEvent): Promise<Position> {
    return this.#enter(after, STARTED, encodeEvent(this.#saga.events, trigger), trigger);
  }

  #enter(after: Position, type: string, data: unknown, cause: RecordedEvent): Promise<Position> {
    return enter(this.#ports.store, after, { type, data }, metadataOf(this.#saga, cause));
  }

  #idempotencyKey(key: string): string {
    return `${this.#saga.name}/${this.#step.name}/${key}`;
  }
}
