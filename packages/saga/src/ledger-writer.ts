import { type Append, endOf, type NewEvent, type Position, type RecordedEvent } from '@everfold/core';
import { metadataOf } from './context.js';
import { type LoadedLedger, loadLedger } from './loaded-ledger.js';
import { type SagaPorts, tell } from './ports.js';
import type { AnySaga } from './saga.js';
import type { AnyOutcome, SagaStep } from './step.js';

/** For which run something is written, and because of which event: its metadata comes from there. */
export interface Entry {
  readonly key: string;
  readonly cause: RecordedEvent;
}

/** An outcome, checked and in the form in which it is recorded. */
export interface CheckedOutcome {
  readonly event: NewEvent;
  readonly outcome: AnyOutcome;
}

/** Reads and writes the ledgers of one step, and tells of what was written. */
export class LedgerWriter {
  readonly #saga: AnySaga;
  readonly #step: SagaStep;
  readonly #ports: SagaPorts;

  constructor(saga: AnySaga, step: SagaStep, ports: SagaPorts) {
    this.#saga = saga;
    this.#step = step;
    this.#ports = ports;
  }

  /** Costs one Query. */
  load(key: string): Promise<LoadedLedger> {
    return loadLedger(this.#ports.store, this.#step, key);
  }

  /** Writes entries that are private to the ledger. Costs one PutItem. @throws ConflictError */
  async enter(after: Position, entries: readonly NewEvent[], { cause, key }: Entry): Promise<Position> {
    const commit = await this.#ports.store.append({ after, events: entries, metadata: metadataOf(this.#saga, cause) });
    this.#tell(entries, key);
    return endOf(commit);
  }

  /** Writes an outcome together with its decisions. Costs one PutItem, or one transaction. @throws ConflictError */
  async record(after: Position, { event, outcome }: CheckedOutcome, { cause, key }: Entry): Promise<void> {
    const metadata = metadataOf(this.#saga, cause);
    const ledger: Append = { after, events: [event], metadata };
    const decisions = (outcome.decisions ?? []).map((decision) => ({ ...decision, metadata }));
    await this.#ports.store.transact([ledger, ...decisions]);
    this.#tell([event], key);
  }

  /** Sets a timer. Costs one request of the timers' service. @param at - ISO 8601. */
  remind(key: string, at: string): Promise<void> {
    return this.#ports.timers.set({ saga: this.#saga.name, step: this.#step.name, key, at });
  }

  #tell(entries: readonly NewEvent[], key: string): void {
    for (const { type, data } of entries)
      tell(this.#ports.onEntry, { saga: this.#saga.name, step: this.#step.name, key, type, data });
  }
}
