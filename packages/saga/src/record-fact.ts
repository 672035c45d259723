import {
  type CommandMetadata,
  type EventOf,
  type EventSchemas,
  InvalidArgumentError,
  type Metadata,
} from '@everfold/core';
import { checkOutcome, keyOf, metadataOf } from './context.js';
import { NotWaitingError } from './errors.js';
import type { Ledger } from './ledger.js';
import { begunUnder, loadLedger } from './loaded-ledger.js';
import { retryConflicts, type SagaPorts, tell } from './ports.js';
import type { Saga } from './saga.js';
import type { SagaStep } from './step.js';
import { versionsOfStep } from './versions.js';

/** Records a fact from outside: `recorded`, or `known` when it was recorded before. */
export type RecordFact<TSchemas extends EventSchemas> = (
  fact: EventOf<TSchemas>,
  metadata?: CommandMetadata,
) => Promise<'recorded' | 'known'>;

/**
 * Makes the function that tells a waiting step what it waits for: somebody approved, or refused.
 *
 * Costs one Query and one PutItem.
 *
 * @param name - Name of a step that waits.
 * @throws InvalidArgumentError when the saga has no such step.
 *
 * @returns A function that throws `NotWaitingError` when the step does not wait for anything (it has not begun to, which is worth
 *   another try; or it has come to an end, perhaps because its time was over), and `InvalidOutcomeError` when it
 *   waits for other facts.
 */
export function createFactRecorder<TSchemas extends EventSchemas, TSteps>(
  saga: Saga<TSchemas, TSteps>,
  name: keyof TSteps & string,
  ports: Pick<SagaPorts, 'store' | 'clock' | 'random' | 'onEntry'>,
): RecordFact<TSchemas> {
  const waiting = versionsOfStep(saga, name).filter(({ step }) => step.kind === 'wait');
  const [newest] = waiting;
  if (newest === undefined) throw new InvalidArgumentError(`Saga "${saga.name}" has no step "${name}" that waits.`);
  return (fact, given = {}) =>
    retryConflicts(ports, async () => {
      const key = keyOf(saga, fact);
      const { saga: definition, step } = (await begunUnder(ports.store, waiting, (each) => [each.step], key)) ?? newest;
      const { ledger, position } = await loadLedger(ports.store, step, key);
      const event = await checkOutcome(definition, name, fact, [step.ok, ...step.fails], key);
      if (isKnown(step, ledger, fact.type)) return 'known';
      if (ledger.status !== 'started' || ledger.started === undefined)
        throw new NotWaitingError(name, key, ledger.status, PROBLEMS[ledger.status] ?? 'has come to an end');
      const own = metadataOf(definition, ledger.started.trigger);
      // Whoever tells the fact does not say under which version the run goes on.
      const pinned = { saga: definition.name, sagaVersion: definition.version, hops: own.hops ?? 1 };
      const metadata: Metadata = { ...own, ...given, ...pinned };
      await ports.store.append({ after: position, events: [event], metadata });
      tell(ports.onEntry, { saga: saga.name, step: name, key, type: event.type, data: event.data });
      return 'recorded';
    });
}

function isKnown(step: SagaStep, ledger: Ledger, type: string): boolean {
  return type === step.ok ? ledger.status === 'ok' : ledger.failure === type;
}

const PROBLEMS: Partial<Record<Ledger['status'], string>> = {
  empty: 'has not begun to wait; try again in a moment, if it is going to',
  ok: 'has been told so already, and does not wait any more',
  failed: 'has come to an end: it was refused, or its time is over, or the saga was cancelled',
  tombstone: 'was never begun, and never will be: the saga is being cancelled',
};
