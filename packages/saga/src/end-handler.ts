import { type Commit, type EventSchemas, isEverfoldError, type NewEvent, type RecordedEvent, startOf, streamName } from '@everfold/core';
import { type BusHandler, createBusHandler } from '@everfold/eventbridge';
import { checkOutcome, keyOf, metadataOf } from './context.js';
import { foldLedger, isTakenBack } from './ledger.js';
import type { SagaPorts } from './ports.js';
import { type AnySaga, ledgerStream, type Saga } from './saga.js';

/**
 * Makes the Lambda handler that ends the saga: it records the one terminal event of a key.
 *
 * The terminal event is create-only, so whichever of the two comes first stands. Costs one PutItem; with several root
 * steps, one Query more for each before a cancellation.
 */
export function createEndHandler<TSteps>(saga: Saga<EventSchemas, TSteps>, ports: SagaPorts): BusHandler {
  return createBusHandler<EventSchemas>(saga.events, async (event) => {
    const key = keyOf(saga, event);
    const { done, cancelled } = saga.end;
    if (event.type === done.on) return recordEnd(saga, ports, event, { type: done.emit, data: done.data(event) }, key);
    if (!cancelled.on.includes(event.type) || !(await everyRootIsTakenBack(saga, ports, key))) return;
    await recordEnd(saga, ports, event, { type: cancelled.emit, data: cancelled.data(event, key) }, key);
  });
}

async function recordEnd(saga: AnySaga, { store }: SagaPorts, cause: RecordedEvent, end: NewEvent, key: string): Promise<void> {
  const event = await checkOutcome(saga, 'end', end, [end.type], key);
  try {
    await store.append({ after: startOf(streamName(saga.end.ledger, key)), events: [event], metadata: metadataOf(saga, cause) });
  } catch (error) {
    // Somebody recorded the end before: a duplicate delivery, or the other terminal event, which stands.
    if (!isEverfoldError(error, 'CONFLICT')) throw error;
  }
}

/** With one root, the event at hand says so itself; with several, the ledgers of all must. */
async function everyRootIsTakenBack(saga: AnySaga, { store }: SagaPorts, key: string): Promise<boolean> {
  const roots = saga.steps.filter((step) => step.on === saga.start);
  if (roots.length === 1) return true;
  for (const root of roots) {
    const commits: Commit[] = [];
    for await (const commit of store.read(ledgerStream(root, key))) commits.push(commit);
    if (!isTakenBack(foldLedger(root, commits))) return false;
  }
  return true;
}
