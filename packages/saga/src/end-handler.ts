import {
  type EventSchemas,
  isEverfoldError,
  type NewEvent,
  type RecordedEvent,
  startOf,
  streamName,
} from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { checkOutcome, metadataOf } from './context.js';
import { handlePinned } from './pinned.js';
import { retryConflicts, type SagaPorts, tell } from './ports.js';
import type { AnySaga, Saga } from './saga.js';
import { isAllTakenBack } from './take-back.js';
import { gatherTriggers } from './triggers.js';

/** That a run has ended. */
export interface EndNotice {
  readonly saga: string;
  readonly key: string;
  readonly outcome: 'completed' | 'cancelled';
  /** The type of the event that ended it. */
  readonly type: string;
}

/** What the end of a saga works with. */
export interface EndPorts extends Pick<SagaPorts, 'store' | 'clock' | 'random'> {
  /** Hears of each end once, after it was recorded: a process that dies in between has not told. What it throws is passed over. */
  readonly onEnd?: (notice: EndNotice) => void;
}

/**
 * Makes the Lambda handler that ends the saga: it records the one terminal event of a key.
 *
 * The terminal event is create-only, so whichever of the two comes first stands. Costs one PutItem; with several events to be done
 * upon, one Query for each of the others; with several root steps, one Query more for each of the others before a
 * cancellation, and one PutItem for each that was never begun.
 */
export function createEndHandler<TSteps>(saga: Saga<EventSchemas, TSteps>, ports: EndPorts): BusHandler {
  return handlePinned(saga, ports, async (definitions, event, key) => {
    const [definition = saga] = definitions;
    const { done, cancelled } = definition.end;
    if (done.on.includes(event.type)) return recordDone(definition, ports, event, key);
    if (!cancelled.on.includes(event.type)) return;
    await retryConflicts(ports, async () => {
      for (const each of definitions) if (!(await isAllTakenBack(ports.store, each, each.start, event, key))) return;
      await recordEnd(definition, ports, event, { type: cancelled.emit, data: cancelled.data(event, key) }, key);
    });
  });
}

async function recordDone(saga: AnySaga, ports: EndPorts, event: RecordedEvent, key: string): Promise<void> {
  const { done } = saga.end;
  const triggers = await gatherTriggers(ports.store, saga, done, event, key);
  const [first] = triggers ?? [];
  if (triggers === undefined || first === undefined) return;
  const data = done.data(first, Object.fromEntries(triggers.map((each) => [each.type, each])));
  await recordEnd(saga, ports, event, { type: done.emit, data }, key);
}

async function recordEnd(
  saga: AnySaga,
  { store, onEnd }: EndPorts,
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
    return;
  }
  const outcome = end.type === saga.end.done.emit ? 'completed' : 'cancelled';
  tell(onEnd, { saga: saga.name, key, outcome, type: end.type });
}
