import {
  type Clock,
  type CommandMetadata,
  type EventOf,
  type EventSchemas,
  type EventStore,
  InvalidArgumentError,
  type NewEvent,
  type Random,
  systemClock,
} from '@everfold/core';
import type { PageRequest } from '@everfold/projections';
import { checkOutcome } from '../context.js';
import { type LedgerStatus, RESOLVED, RESUMED } from '../ledger.js';
import { type LedgerNotice, retryConflicts, tell } from '../ports.js';
import type { Saga } from '../saga.js';
import type { Timers } from '../timers/timers.js';
import type { StepRow } from '../tracker/run-row.js';
import type { SagaReader } from '../tracker/saga-reader.js';
import { StepNotParkedError, StepNotRetriableError } from './errors.js';
import { type LedgerLine, lineOf } from './history.js';
import { type FoundLedger, findLedger, isRetriable, metadataFor, resolutionsOf } from './parked-ledger.js';

/** What the desk works with. */
export interface SagaDeskOptions {
  readonly store: Pick<EventStore, 'read' | 'append'>;
  /** Lists what is parked. */
  readonly reader: Pick<SagaReader, 'list'>;
  /** Brings the step back to its own handler. */
  readonly timers: Timers;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Hears of each entry after it was recorded, as those of the handlers do. */
  readonly onEntry?: (notice: LedgerNotice) => void;
}

/** Who decided, and why: kept in the ledger. */
export interface ByWhom {
  readonly by: string;
  readonly reason: string;
  /** More to be recorded with it. */
  readonly metadata?: CommandMetadata;
}

/** A step that waits for somebody to look into it. */
export interface ParkedStep extends NonNullable<StepRow['parked']> {
  readonly saga: string;
  readonly key: string;
  readonly step: string;
  /** The participant that runs it. */
  readonly by: string;
  readonly status: LedgerStatus;
}

/** Some parked steps. */
export interface ParkedPage {
  readonly steps: readonly ParkedStep[];
  /** For the next page. The last page has none. */
  readonly cursor?: string;
}

/** A step's ledger, whole, and what may be done about it. */
export interface StepInspection {
  readonly saga: string;
  /** The version of the saga that the run goes by. */
  readonly version: number;
  readonly key: string;
  readonly step: string;
  readonly status: LedgerStatus;
  readonly isParked: boolean;
  readonly history: readonly LedgerLine[];
  /** What the desk may do about it: nothing, when it is not parked. */
  readonly may: {
    readonly retry: boolean;
    /** Types of the events that it may be resolved with. */
    readonly resolve: readonly string[];
  };
}

/** What an operator does about parked steps. All of it is recorded in the ledger of the step. */
export interface SagaDesk<TSchemas extends EventSchemas, TSteps> {
  /**
   * The steps that wait, the longest first. Reads the tracker, which may lag behind for a moment. Costs one Query: half a read unit
   * for each 4 KB of the rows together.
   *
   * @param request - `limit` counts runs, of which several steps may be parked.
   * @throws InvalidArgumentError when the limit or cursor is not right.
   */
  list(request?: PageRequest): Promise<ParkedPage>;

  /**
   * A step as its ledger has it: what happened, and what may be done. Costs one Query, a read unit for 4 KB.
   *
   * @throws InvalidArgumentError when the saga has no such step.
   */
  inspect(key: string, step: keyof TSteps & string): Promise<StepInspection>;

  /**
   * Has a step tried again, by its own handler, with all attempts of its retry policy ahead of it. It is the remedy once the fault is mended.
   * May be repeated when it was broken off. Costs one Query, one PutItem and one timer.
   *
   * @throws StepNotParkedError when it is not parked; StepNotRetriableError when an answer of another service is waited for.
   * @throws InvalidArgumentError when `by` or `reason` is empty, or the saga has no such step.
   */
  retry(key: string, step: keyof TSteps & string, whom: ByWhom): Promise<void>;

  /**
   * Says what a step came to, where somebody knows it: of one that is at work its success or a failure, of one that is given up a
   * failure, of one that is being undone its compensation. The event is recorded with who said so, in one commit, and the saga goes on
   * from it. See to it first that it is true: nothing else is written, neither at a provider nor in the store.
   *
   * Costs one Query and one PutItem.
   *
   * @throws StepNotParkedError when it is not parked.
   * @throws InvalidOutcomeError when the event is not one of `may.resolve`, or belongs to another run.
   * @throws InvalidEventError when its data fails its schema.
   * @throws InvalidArgumentError when `by` or `reason` is empty, or the saga has no such step.
   */
  resolve(key: string, step: keyof TSteps & string, outcome: EventOf<TSchemas>, whom: ByWhom): Promise<void>;
}

/**
 * Makes the desk for parked steps of a saga, for a script or a Lambda function of operators.
 *
 * @example
 * ```ts
 * const desk = createSagaDesk(fulfilmentV2, { store, reader: createSagaReader(fulfilmentV2, readModels), timers });
 * for (const { key, step, reason } of (await desk.list()).steps) log(`${step} of ${key}: ${reason}`);
 * await desk.retry('order-7', 'charge', { by: 'ann', reason: 'the provider is back' });
 * ```
 */
export function createSagaDesk<TSchemas extends EventSchemas, TSteps>(
  saga: Saga<TSchemas, TSteps>,
  options: SagaDeskOptions,
): SagaDesk<TSchemas, TSteps> {
  const { store, reader, timers, clock = systemClock } = options;

  const record = async (found: FoundLedger, key: string, events: readonly NewEvent[], { by, metadata }: ByWhom) => {
    const { saga: definition, step, position } = found;
    await store.append({ after: position, events, metadata: { ...metadataFor(found), ...metadata, actor: by } });
    for (const { type, data } of events)
      tell(options.onEntry, { saga: definition.name, step: step.name, key, type, data });
  };

  return {
    async list(request = {}) {
      const { runs, cursor } = await reader.list({ ...request, status: 'parked' });
      const steps = runs.flatMap(({ key, steps: tracked }) =>
        tracked.flatMap(({ name, by, status, parked }) =>
          parked === undefined ? [] : [{ saga: saga.name, key, step: name, by, status, ...parked }],
        ),
      );
      return { steps, ...(cursor === undefined ? {} : { cursor }) };
    },

    async inspect(key, name) {
      const found = await findLedger(store, saga, name, key);
      const { saga: definition, step, ledger, entries } = found;
      return {
        saga: definition.name,
        version: definition.version,
        key,
        step: step.name,
        status: ledger.status,
        isParked: ledger.parked !== undefined,
        history: entries.map((entry) => lineOf(step, entry)),
        may: { retry: isRetriable(found), resolve: resolutionsOf(found) },
      };
    },

    async retry(key, name, whom) {
      checkWhom(whom);
      await retryConflicts(options, async () => {
        const found = await findLedger(store, saga, name, key);
        // It was broken off before its timer was set.
        if (found.entries.at(-1)?.type === RESUMED) return;
        checkParked(found, key);
        if (!isRetriable(found)) throw new StepNotRetriableError(name, key, found.step.by);
        const { by, reason } = whom;
        await record(found, key, [{ type: RESUMED, data: { by, reason } }], whom);
      });
      await timers.set({ saga: saga.name, step: name, key, at: new Date(clock.now()).toISOString() });
    },

    async resolve(key, name, outcome, whom) {
      checkWhom(whom);
      await retryConflicts(options, async () => {
        const found = await findLedger(store, saga, name, key);
        checkParked(found, key);
        const event = await checkOutcome(found.saga, name, outcome, resolutionsOf(found), key);
        const { by, reason } = whom;
        await record(found, key, [{ type: RESOLVED, data: { by, reason } }, event], whom);
      });
    },
  };
}

/** @throws StepNotParkedError */
function checkParked({ step, ledger }: FoundLedger, key: string): void {
  if (ledger.parked === undefined) throw new StepNotParkedError(step.name, key, ledger.status);
}

/** @throws InvalidArgumentError when nobody says who decided, or why. */
function checkWhom(whom: ByWhom): void {
  for (const name of ['by', 'reason'] as const) {
    const text = whom[name];
    if (typeof text === 'string' && text.trim() !== '') continue;
    throw new InvalidArgumentError(
      `Nothing is done about a parked step without "${name}". Say so: it stays in its ledger.`,
    );
  }
}
