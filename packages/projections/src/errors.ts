import { EverfoldError } from '@everfold/core';

/** Others kept writing the same rows or positions: nothing was lost, and the batch is delivered again. */
export class ReadModelContendedError extends EverfoldError<'READ_MODEL_CONTENDED'> {
  readonly attempts: number;

  constructor(what: string, attempts: number) {
    super(
      'READ_MODEL_CONTENDED',
      `${what} could not be written in ${attempts} attempts: others were first every time. Spread the load over more rows, or lower the number of concurrent handlers.`,
      { retryable: true },
    );
    this.attempts = attempts;
  }
}

/** A read model takes the write neither now nor later, because it is too large or otherwise not allowed. */
export class ReadModelRefusedError extends EverfoldError<'READ_MODEL_REFUSED'> {
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(
      'READ_MODEL_REFUSED',
      `${what} cannot be written: ${reason}. Nothing of it was; change the projection so that its rows stay smaller or fewer.`,
      options,
    );
  }
}

/** A sink threw at events that it was given: nothing of them was written. `cause` is what it threw. */
export class SinkRefusedError extends EverfoldError<'SINK_REFUSED'> {
  readonly sink: string;
  readonly streams: readonly string[];

  constructor(sink: string, streams: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'SINK_REFUSED',
      `Sink "${sink}" does not take the events of "${streams.join('", "')}": ${reason}. Mend the sink, or tell it to pass over them; if it was a passing fault, have "isPassing" say so.`,
      { cause },
    );
    this.sink = sink;
    this.streams = streams;
  }
}

/** A projection has not come to what somebody waits for: it may the next moment. */
export class NotYetProjectedError extends EverfoldError<'NOT_YET_PROJECTED'> {
  /** `<projection>@<version>`. */
  readonly projection: string;
  readonly stream: string;
  /** The version that was waited for. */
  readonly version: number;
  /** How far the stream is in the projection, as far as this commit is concerned: 0 when nothing is known of it. */
  readonly applied: number;

  constructor(
    projection: string,
    { stream, version }: { readonly stream: string; readonly version: number },
    found: { readonly applied: number; readonly timeoutMs: number },
  ) {
    super(
      'NOT_YET_PROJECTED',
      `Projection ${projection} has stream "${stream}" up to version ${found.applied} after ${found.timeoutMs} ms, not to ${version}. Ask again, wait longer, or look whether its function is behind or failing.`,
      { retryable: true },
    );
    this.projection = projection;
    this.stream = stream;
    this.version = version;
    this.applied = found.applied;
  }
}

/** A stream does not wait at that commit: nothing was retried or skipped. */
export class NotParkedError extends EverfoldError<'NOT_PARKED'> {
  readonly stream: string;
  /** The version of the commit that it waits at; `undefined` when it does not wait at all. */
  readonly parkedAt: number | undefined;

  constructor(projection: string, stream: string, parkedAt: number | undefined) {
    const where = parkedAt === undefined ? 'is not parked' : `is parked at version ${parkedAt}, not there`;
    super('NOT_PARKED', `Stream "${stream}" ${where} for ${projection}. List what is parked, and decide on that.`);
    this.stream = stream;
    this.parkedAt = parkedAt;
  }
}
