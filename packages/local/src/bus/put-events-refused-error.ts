import { EverfoldError } from '@everfold/core';

/** The exceptions with which EventBridge answers a request as a whole. */
export type RefusalType = 'ValidationException' | 'SerializationException' | 'UnknownOperationException';

/** A request that EventBridge would refuse as a whole: no entry was published. */
export class PutEventsRefusedError extends EverfoldError<'PUT_EVENTS_REFUSED'> {
  /** The name under which the AWS SDK throws this. */
  readonly type: RefusalType;

  /** @param message - In the words of AWS, where they are known. */
  constructor(type: RefusalType, message: string, options?: ErrorOptions) {
    super('PUT_EVENTS_REFUSED', message, options);
    this.type = type;
  }
}
