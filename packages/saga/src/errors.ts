import { EverfoldError } from '@everfold/core';

/** A definition that could not run as it stands. */
export class InvalidSagaError extends EverfoldError<'INVALID_SAGA'> {
  readonly saga: string;

  constructor(saga: string, problem: string) {
    super(
      { name: 'InvalidSagaError', code: 'INVALID_SAGA', retryable: false },
      `Saga "${saga}" cannot be built: ${problem}.`,
    );
    this.saga = saga;
  }
}

/** A step returned what it may not: nothing of it was recorded. */
export class InvalidOutcomeError extends EverfoldError<'INVALID_OUTCOME'> {
  readonly step: string;

  constructor(step: string, problem: string) {
    super(
      { name: 'InvalidOutcomeError', code: 'INVALID_OUTCOME', retryable: false },
      `Step "${step}" returned an outcome that cannot be recorded: ${problem}.`,
    );
    this.step = step;
  }
}
