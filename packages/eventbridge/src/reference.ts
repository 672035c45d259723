import { type EventStore, type RecordedEvent, recordedEvents } from '@everfold/core';
import type { ReferenceEnvelope } from './envelope.js';
import { UnresolvedReferenceError } from './errors.js';

/**
 * Reads the event that a reference stands for, under its public name.
 *
 * Backwards from its version: the first commit met is the one that holds it, wherever in the commit it stands. Reading
 * forwards would take a second Query for an event in the middle.
 *
 * @throws UnresolvedReferenceError when there is no event store, or it does not have the event.
 */
export async function readReferenced(
  type: string,
  { id, stream, version }: ReferenceEnvelope,
  eventStore: Pick<EventStore, 'read'> | undefined,
): Promise<RecordedEvent> {
  const place = { type, id, stream, version };
  if (eventStore === undefined) {
    throw new UnresolvedReferenceError(
      place,
      'there is no store to read it from. Give the handler the publisher’s "eventStore", and the function permission to query its table',
    );
  }
  for await (const commit of eventStore.read(stream, { upTo: version, backward: true, limit: 1 })) {
    const found = recordedEvents(commit).find((event) => event.id === id);
    if (found !== undefined) return { ...found, type };
  }
  throw new UnresolvedReferenceError(
    place,
    'the event store that was given does not have it. Give the one that the publisher reads',
  );
}
