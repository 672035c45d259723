import { EverfoldError } from '@everfold/core';

/** Others kept writing the same rows or positions: nothing was lost, and the batch is delivered again. */
export class ReadModelContendedError extends EverfoldError<'READ_MODEL_CONTENDED'> {
  readonly attempts: number;

  constructor(what: string, attempts: number) {
    super(
      { name: 'ReadModelContendedError', code: 'READ_MODEL_CONTENDED', retryable: true },
      `${what} could not be written in ${attempts} attempts: others were first every time. Spread the load over more rows, or lower the number of concurrent handlers.`,
    );
    this.attempts = attempts;
  }
}

/** A read model takes the write neither now nor later, because it is too large or otherwise not allowed. */
export class ReadModelRefusedError extends EverfoldError<'READ_MODEL_REFUSED'> {
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(
      { name: 'ReadModelRefusedError', code: 'READ_MODEL_REFUSED', retryable: false },
      `${what} cannot be written: ${reason}. Nothing of it was; change the projection so that its rows stay smaller or fewer.`,
      options,
    );
  }
}
