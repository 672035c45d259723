import { EverfoldError } from '@everfold/core';

/** What came from the bus is not an event that Everfold published. */
export class InvalidEnvelopeError extends EverfoldError<'INVALID_ENVELOPE'> {
  readonly type: string;

  constructor(type: string, reason: string) {
    super(
      { name: 'InvalidEnvelopeError', code: 'INVALID_ENVELOPE', retryable: false },
      `A delivery of "${type}" is not an event of Everfold: ${reason}. Narrow the rule's pattern to the source that publishes them.`,
    );
    this.type = type;
  }
}

/** Some events could not be put on the bus, after every retry: their commits stay in the stream and are tried again. */
export class PublishFailedError extends EverfoldError<'PUBLISH_FAILED'> {
  /** Ids of the events that are not on the bus. */
  readonly eventIds: readonly string[];

  constructor(eventIds: readonly string[], reason: string, options?: ErrorOptions) {
    super(
      { name: 'PublishFailedError', code: 'PUBLISH_FAILED', retryable: true },
      `${eventIds.length} event(s) could not be published: ${reason}. First: ${eventIds[0]}.`,
      options,
    );
    this.eventIds = eventIds;
  }
}

/** An event that the bus cannot take: its stream waits, so that nothing overtakes it. */
export class EventTooLargeError extends EverfoldError<'EVENT_TOO_LARGE'> {
  readonly eventId: string;
  /** Size of its entry, as EventBridge counts. */
  readonly bytes: number;

  constructor({
    id,
    stream,
    type,
    bytes,
    limit,
  }: { id: string; stream: string; type: string; bytes: number; limit: number }) {
    super(
      { name: 'EventTooLargeError', code: 'EVENT_TOO_LARGE', retryable: false },
      `Event "${type}" (${id}) of stream "${stream}" has ${bytes} bytes and EventBridge takes ${limit}. Publish a smaller event, or keep it private with "isPublic".`,
    );
    this.eventId = id;
    this.bytes = bytes;
  }
}
