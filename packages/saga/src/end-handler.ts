import {
  type EventSchemas,
  isEverfoldError,
  type NewEvent,
  type RecordedEvent,
  startOf,
  streamName,
} from '@everfold/core';
import { type BusHandler, createBusHandler } from '@everfold/eventbridge';
import { checkOutcome, keyOf, metadataOf } from './context.js';
import { retryConflicts, type SagaPorts } from './ports.js';
import type { AnySaga, Saga } from './saga.js';
import { isAllTakenBack } from './take-back.js';

/**
 * Makes the Lambda handler that ends the saga: it records the one terminal event of a key.
 *
 * The terminal event is create-only, so whichever of the two comes first stands. Costs one PutItem; with several root
 * steps, one Query more for each of the others before a cancellation, and one PutItem for each that was never begun.
 */
export function createEndHandler<TSteps>(saga: Saga<EventSchemas, TSteps>, ports: SagaPorts): BusHandler {
  const handle = async (event: RecordedEvent) => {
    const key = keyOf(saga, event);
    const { done, cancelled } = saga.end;
    if (event.type === done.on) return recordEnd(saga, ports, event, { type: done.emit, data: done.data(event) }, key);
    if (!cancelled.on.includes(event.type)) return;
    await retryConflicts(ports, async () => {
      if (!(await isAllTakenBack(ports.store, saga, saga.start, event, key))) return;
      await recordEnd(saga, ports, event, { type: cancelled.emit, data: cancelled.data(event, key) }, key);
    });
  };
  return createBusHandler<EventSchemas>(saga.events, handle, { eventStore: ports.store });
}

async function recordEnd(
  saga: AnySaga,
  { store }: SagaPorts,
  cause: RecordedEvent,
  end: NewEvent,
  key: string,
): Promise<void> {
  const event = await checkOutcome(saga, 'end', end, [end.type], key);
  try {
    await store.append({
      after: startOf(streamName(saga.end.ledger, key)),
      events: [event],
      metadata: metadataOf(saga, cause),
    });
  } catch (error) {
    // Somebody recorded the end before: a duplicate delivery, or the other terminal event, which stands.
    if (!isEverfoldError(error, 'CONFLICT')) throw error;
  }
}
