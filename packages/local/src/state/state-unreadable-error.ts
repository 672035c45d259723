import { EverfoldError } from '@everfold/core';

/** What an earlier process has left on disk makes no sense. */
export class StateUnreadableError extends EverfoldError<'STATE_UNREADABLE'> {
  readonly path: string;
  /** The line that makes no sense, counted from 1. */
  readonly line: number;

  constructor(path: string, line: number, options?: ErrorOptions) {
    super(
      'STATE_UNREADABLE',
      `Line ${line} of ${path} makes no sense: it was changed, or the disk lost it. Repair it, or delete the directory: the stream is then read again from its oldest record.`,
      options,
    );
    this.path = path;
    this.line = line;
  }
}
