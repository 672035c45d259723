import { EverfoldError } from '@everfold/core';

/** Another process keeps its state, or its tables, in the directory: two would write over each other. */
export class StateInUseError extends EverfoldError<'STATE_IN_USE'> {
  readonly directory: string;

  constructor(directory: string) {
    super(
      { name: 'StateInUseError', code: 'STATE_IN_USE', retryable: true },
      `Another process keeps its state in ${directory}. Stop it, or let this one keep its own elsewhere.`,
    );
    this.directory = directory;
  }
}
