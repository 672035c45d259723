import type { Metadata, RecordedEvent } from '@everfold/core';
import { type BusHandler, fromDelivery } from '@everfold/eventbridge';
import { keyOf } from './context.js';
import type { SagaPorts } from './ports.js';
import { definitionsFor } from './run-version.js';
import type { AnySaga } from './saga.js';
import { definitionFor, eventsOf } from './versions.js';

/**
 * Handles each event under the definitions that it belongs to. Its own version's schemas read it, for that one has recorded it;
 * only what that one does not know, such as a cancellation that came later, is read by those of all of them.
 */
export function handlePinned(
  saga: AnySaga,
  { store }: Pick<SagaPorts, 'store'>,
  handle: (definitions: readonly AnySaga[], event: RecordedEvent, key: string) => Promise<void>,
): BusHandler {
  const allEvents = eventsOf(saga);
  return async (delivery) => {
    const { events } = definitionFor(saga, { metadata: metadataIn(delivery.detail) });
    const schemas = Object.hasOwn(events, delivery['detail-type']) ? events : allEvents;
    for (const event of await fromDelivery(schemas, delivery, { eventStore: store })) {
      const key = keyOf(saga, event);
      await handle(await definitionsFor(store, saga, event, key), event, key);
    }
  };
}

/** What is no envelope has none; whoever reads it says so. */
function metadataIn(detail: unknown): Partial<Metadata> {
  return (detail as Partial<RecordedEvent> | null | undefined)?.metadata ?? {};
}
