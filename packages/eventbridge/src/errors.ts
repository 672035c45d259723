import { EverfoldError } from '@everfold/core';
import type { PublicEvent } from './envelope.js';

/** What came from the bus is not an event that Everfold published. */
export class InvalidEnvelopeError extends EverfoldError<'INVALID_ENVELOPE'> {
  readonly type: string;

  constructor(type: string, reason: string) {
    super(
      'INVALID_ENVELOPE',
      `A delivery of "${type}" is not an event of Everfold: ${reason}. Narrow the rule's pattern to the source that publishes them.`,
    );
    this.type = type;
  }
}

/** What is to be read as a CloudEvent is none, or none that `toCloudEvent` wrote. */
export class InvalidCloudEventError extends EverfoldError<'INVALID_CLOUD_EVENT'> {
  readonly type: string;

  constructor(type: string, reason: string) {
    super(
      'INVALID_CLOUD_EVENT',
      `"${type}" is not an event of Everfold as CloudEvents 1.0 JSON: ${reason}. Give what toCloudEvent wrote.`,
    );
    this.type = type;
  }
}

/** A delivery refers to an event that is too large for the bus, and it cannot be read. */
export class UnresolvedReferenceError extends EverfoldError<'UNRESOLVED_REFERENCE'> {
  readonly type: string;
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;

  constructor(
    { type, id, stream, version }: { type: string; id: string; stream: string; version: number },
    reason: string,
  ) {
    super(
      'UNRESOLVED_REFERENCE',
      `The data of event "${type}" (${id}) is too large for the bus and stands in stream "${stream}" at version ${version}, but ${reason}.`,
    );
    this.type = type;
    this.eventId = id;
    this.stream = stream;
    this.version = version;
  }
}

/** Some events could not be put on the bus: their commits stay in the stream and are tried again. */
export class PublishFailedError extends EverfoldError<'PUBLISH_FAILED'> {
  /** Ids of the events that are not on the bus. */
  readonly eventIds: readonly string[];

  /**
   * @param reason - What the bus said.
   * @param retryable - Whether it may say something else next time.
   */
  constructor(eventIds: readonly string[], reason: string, retryable: boolean) {
    super('PUBLISH_FAILED', `${eventIds.length} event(s) could not be published: ${reason}. First: ${eventIds[0]}.`, {
      retryable,
    });
    this.eventIds = eventIds;
  }
}

/** An event that the bus cannot take: its stream waits, so that nothing overtakes it. */
export class EventTooLargeError extends EverfoldError<'EVENT_TOO_LARGE'> {
  readonly eventId: string;
  /** Size of its entry, as EventBridge counts. */
  readonly bytes: number;

  constructor({ event, recorded }: PublicEvent, bytes: number, limit: number) {
    const { id, stream, type } = event;
    const remedy = recorded
      ? 'Even a reference to it is too large: record less metadata with it, or keep it private'
      : 'What a mapping made is not in the store, so no reference can stand for it: have "data" make less of it, leave "data" out, or keep it private';
    super(
      'EVENT_TOO_LARGE',
      `Event "${type}" (${id}) of stream "${stream}" has ${bytes} bytes on the bus and ${limit} reach a consumer. ${remedy}.`,
    );
    this.eventId = id;
    this.bytes = bytes;
  }
}
