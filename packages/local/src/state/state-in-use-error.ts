import { EverfoldError } from '@everfold/core';

/** Another process keeps its state, or its tables, in the directory: two would write over each other. */
export class StateInUseError extends EverfoldError<'STATE_IN_USE'> {
  readonly directory: string;

  constructor(directory: string) {
    super(
      'STATE_IN_USE',
      `Another process keeps its state in ${directory}. Stop it, or let this one keep its own elsewhere.`,
      { retryable: true },
    );
    this.directory = directory;
  }
}
