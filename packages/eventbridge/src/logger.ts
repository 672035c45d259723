import { type FailureListener, toLogEntry } from '@everfold/dynamodb-store';

/** A logger, as far as failures need one: that of Powertools for AWS Lambda is one, and so is `console`. */
export interface Logger {
  error(message: string, extra: Record<string, unknown>): void;
}

/** Tells a logger of every stream that is held back. */
export function failuresTo(logger: Logger): FailureListener {
  return (failure) => {
    const { message, stream, after, sequenceNumber } = toLogEntry(failure);
    logger.error(message, { stream, after, sequenceNumber, error: failure.error });
  };
}
