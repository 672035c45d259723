import { EverfoldError } from '@everfold/core';

/** A step does not wait for anybody: nothing was retried or resolved. */
export class StepNotParkedError extends EverfoldError<'STEP_NOT_PARKED'> {
  readonly step: string;
  readonly key: string;
  /** Status of the step's ledger. */
  readonly status: string;

  constructor(step: string, key: string, status: string) {
    super(
      'STEP_NOT_PARKED',
      `Step "${step}" of "${key}" is not parked: it is ${status}, and somebody may have been first. ` +
        'Inspect it, and decide on what it has come to.',
    );
    this.step = step;
    this.key = key;
    this.status = status;
  }
}

/** A parked step that this code base cannot try again. Nothing was recorded. */
export class StepNotRetriableError extends EverfoldError<'STEP_NOT_RETRIABLE'> {
  readonly step: string;
  readonly key: string;

  constructor(step: string, key: string, by: string) {
    super(
      'STEP_NOT_RETRIABLE',
      `Step "${step}" of "${key}" waits for an answer of "${by}", so there is nothing here to try again. ` +
        'Have that service answer, which is recorded as if the step had never been parked; or resolve the step by hand.',
    );
    this.step = step;
    this.key = key;
  }
}
