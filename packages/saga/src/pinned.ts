import type { EventSchemas, Metadata, RecordedEvent } from '@everfold/core';
import { type BusHandler, createBusHandler } from '@everfold/eventbridge';
import { keyOf } from './context.js';
import type { SagaPorts } from './ports.js';
import { definitionsFor } from './run-version.js';
import type { AnySaga } from './saga.js';
import { definitionFor, definitionsOf, eventsOf } from './versions.js';

/**
 * Handles each event under the definitions that it belongs to. Its own version's schemas read it, for that one has recorded it;
 * only what that one does not know, such as a cancellation that came later, is read by those of all of them.
 */
export function handlePinned(
  saga: AnySaga,
  { store }: Pick<SagaPorts, 'store'>,
  handle: (definitions: readonly AnySaga[], event: RecordedEvent, key: string) => Promise<void>,
): BusHandler {
  const handlerBy = (events: EventSchemas) =>
    createBusHandler<EventSchemas>(
      events,
      async (event) => {
        const key = keyOf(saga, event);
        return handle(await definitionsFor(store, saga, event, key), event, key);
      },
      { eventStore: store },
    );
  const byVersion = new Map(definitionsOf(saga).map((definition) => [definition, handlerBy(definition.events)]));
  const byAll = handlerBy(eventsOf(saga));
  return async (delivery) => {
    const definition = definitionFor(saga, { metadata: metadataIn(delivery.detail) });
    const isKnown = Object.hasOwn(definition.events, delivery['detail-type']);
    const handler = isKnown ? byVersion.get(definition) : byAll;
    return handler?.(delivery);
  };
}

/** What is no envelope has none; whoever reads it says so. */
function metadataIn(detail: unknown): Metadata {
  const { metadata } = (typeof detail === 'object' && detail !== null ? detail : {}) as Partial<RecordedEvent>;
  return metadata ?? { correlationId: '', causationId: '' };
}
