/** A stream that was not handled to the end of the batch. */
export interface StreamFailure {
  readonly stream: string;
  /** Version of the last event that was handled. What comes later is delivered again. */
  readonly after: number;
  readonly error: unknown;
}

/** A failure as it is told to the outside. */
export interface ConsumerFailure {
  /** The stream that is held back; `undefined` when a record does not even tell that. */
  readonly stream: string | undefined;
  /** Version of the last event that was handled, if it is known. */
  readonly after: number | undefined;
  /** The first record of the batch that is delivered again because of it, if there is one. */
  readonly sequenceNumber: string | undefined;
  readonly error: unknown;
}

/** Hears of every failure of a consumer. */
export type FailureListener = (failure: ConsumerFailure) => void;

/** Writes a failure as one line of JSON to standard error, which Lambda carries to CloudWatch Logs. */
export const logFailure: FailureListener = (failure) => {
  process.stderr.write(`${JSON.stringify(toLogEntry(failure))}\n`);
};

/**
 * A failure as a log holds it: the error taken apart, because JSON shows nothing of an `Error`.
 *
 * @example
 * ```ts
 * const onFailure: FailureListener = (failure) => log(JSON.stringify(toLogEntry(failure)));
 * ```
 */
export function toLogEntry({ stream, after, sequenceNumber, error }: ConsumerFailure) {
  const held =
    stream === undefined ? 'A record of the stream' : `Stream "${stream}" after version ${after ?? '(unknown)'}`;
  return {
    level: 'ERROR',
    message: `${held} was not handled, and is delivered again: ${error instanceof Error ? error.message : String(error)}`,
    stream,
    after,
    sequenceNumber,
    error: error instanceof Error ? describe(error) : error,
  };
}

function describe(error: Error): object {
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return { name, code, message, stack, cause: cause instanceof Error ? describe(cause) : cause };
}
