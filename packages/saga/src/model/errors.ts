import { EverfoldError } from '@everfold/core';

/** A saga can come to more states than are explored. */
export class TooManyStatesError extends EverfoldError<'TOO_MANY_STATES'> {
  readonly saga: string;
  readonly maxStates: number;

  constructor(saga: string, maxStates: number) {
    super(
      'TOO_MANY_STATES',
      `Saga "${saga}" has more than ${maxStates} states. Explore its branches as sagas of their own, or raise maxStates.`,
    );
    this.saga = saga;
    this.maxStates = maxStates;
  }
}
