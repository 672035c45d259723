import { EverfoldError } from '@everfold/core';
import type { FailedStream } from './rebuild-record.js';

const SHOWN = 5;

/** Streams that could not be applied. All others were; the rebuild is not finished until these are. */
export class RebuildIncompleteError extends EverfoldError<'REBUILD_INCOMPLETE'> {
  readonly projection: string;
  readonly failures: readonly FailedStream[];

  constructor(projection: string, failures: readonly FailedStream[], remedy: string, options?: ErrorOptions) {
    const shown = failures
      .slice(0, SHOWN)
      .map(({ stream, after, reason }) => `"${stream}" after version ${after} (${reason})`);
    const more = failures.length > SHOWN ? `, and ${failures.length - SHOWN} more` : '';
    super(
      'REBUILD_INCOMPLETE',
      `The rebuild of ${projection} could not apply ${failures.length} streams: ${shown.join('; ')}${more}. ${remedy}`,
      options,
    );
    this.projection = projection;
    this.failures = failures;
  }
}

/** Another run of the same rebuild has written its notes: this one stops, and what it did stays right. */
export class RebuildTakenOverError extends EverfoldError<'REBUILD_TAKEN_OVER'> {
  readonly projection: string;

  constructor(projection: string) {
    super(
      'REBUILD_TAKEN_OVER',
      `Another run rebuilds ${projection}, and this one has stopped. What it applied stays right; run one rebuild of a projection at a time.`,
    );
    this.projection = projection;
  }
}
