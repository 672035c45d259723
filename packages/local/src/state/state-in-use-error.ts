import { EverfoldError } from '@everfold/core';

/** Another process keeps its state in the directory: two would write over each other. */
export class StateInUseError extends EverfoldError<'STATE_IN_USE'> {
  readonly directory: string;

  constructor(directory: string) {
    super(
      { name: 'StateInUseError', code: 'STATE_IN_USE', retryable: true },
      `Another host runs on the same tables and keeps its state in ${directory}. Stop it, or run this one in another directory.`,
    );
    this.directory = directory;
  }
}
