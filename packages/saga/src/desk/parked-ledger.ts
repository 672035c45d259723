import {
  type Commit,
  type EventStore,
  endOf,
  InvalidArgumentError,
  type NewEvent,
  type Position,
  type RecordedEvent,
  recordedEvents,
  startOf,
} from '@everfold/core';
import { metadataOf } from '../context.js';
import { EMPTY, foldLedger, type Ledger, RESOLVED, transition } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import { answersOf, ledgerStream } from '../step.js';
import { type StepVersion, versionsOfStep } from '../versions.js';

/** The ledger of a step, by the definition that the run goes by. */
export interface FoundLedger extends StepVersion {
  readonly ledger: Ledger;
  readonly entries: readonly RecordedEvent[];
  readonly position: Position;
}

/**
 * Finds the ledger of a step. Costs one Query; one for each category that the step's ledgers have had, where versions differ in it.
 *
 * @throws InvalidArgumentError when no version of the saga has such a step.
 */
export async function findLedger(
  store: Pick<EventStore, 'read'>,
  saga: AnySaga,
  name: string,
  key: string,
): Promise<FoundLedger> {
  const candidates = versionsOfStep(saga, name);
  const [newest] = candidates;
  if (newest === undefined) {
    throw new InvalidArgumentError(
      `Saga "${saga.name}" has no step "${name}"; it has ${saga.steps.map((each) => each.name).join(', ')}.`,
    );
  }
  for (const stream of new Set(candidates.map(({ step }) => ledgerStream(step, key)))) {
    const commits: Commit[] = [];
    for await (const commit of store.read(stream)) commits.push(commit);
    const last = commits.at(-1);
    if (last === undefined) continue;
    const here = candidates.filter(({ step }) => ledgerStream(step, key) === stream);
    const { saga: definition, step } =
      here.find((each) => each.saga.version === last.metadata.sagaVersion) ?? here.at(-1) ?? newest;
    const entries = commits.flatMap(recordedEvents);
    return { saga: definition, step, ledger: foldLedger(step, commits), entries, position: endOf(last) };
  }
  const position = startOf(ledgerStream(newest.step, key));
  return { ...newest, ledger: EMPTY, entries: [], position };
}

/** Whether there is something here that can be tried again: another service's answer can only be waited for. */
export function isRetriable({ step, ledger }: FoundLedger): boolean {
  return ledger.parked !== undefined && (step.work === 'run' || ledger.status !== 'started');
}

/** Types of the events that somebody may resolve the step with. */
export function resolutionsOf({ step, ledger, entries }: FoundLedger): readonly string[] {
  const last = entries.at(-1);
  if (last === undefined || ledger.parked === undefined) return [];
  const after = (from: Ledger, { type, data }: NewEvent) => transition(step, from, { ...last, type, data });
  const resolved = after(ledger, { type: RESOLVED, data: { by: '', reason: '' } });
  if (resolved === undefined) return [];
  return answersOf(step).filter((type) => after(resolved, { type, data: {} }) !== undefined);
}

/** The metadata of what somebody does about a parked step: it goes on from what the step was about. */
export function metadataFor({ saga, ledger, entries }: FoundLedger) {
  const cause = ledger.parked?.cause ?? ledger.started?.trigger ?? ledger.outcome ?? entries.at(-1);
  if (cause === undefined) throw new Error('A ledger that is parked has entries.');
  return metadataOf(saga, cause);
}
