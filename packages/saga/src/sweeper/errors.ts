import { EverfoldError } from '@everfold/core';
import type { FailedSweep } from './sweep.js';

/** Some runs that are stuck could not be set going again. The others were. */
export class SweepIncompleteError extends EverfoldError<'SWEEP_INCOMPLETE'> {
  readonly saga: string;
  readonly failed: readonly FailedSweep[];

  constructor(saga: string, failed: readonly FailedSweep[]) {
    const [first] = failed;
    super(
      'SWEEP_INCOMPLETE',
      `${failed.length} runs of saga "${saga}" are stuck and could not be set going again, the first is ` +
        `"${first?.key}": ${first?.reason}. Check the bus and the rights to events:PutEvents and dynamodb:Query.`,
      { retryable: true },
    );
    this.saga = saga;
    this.failed = failed;
  }
}
