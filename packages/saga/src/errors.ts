import { EverfoldError } from '@everfold/core';

/** A definition that could not run as it stands. */
export class InvalidSagaError extends EverfoldError<'INVALID_SAGA'> {
  readonly saga: string;

  constructor(saga: string, problem: string) {
    super('INVALID_SAGA', `Saga "${saga}" cannot be built: ${problem}.`);
    this.saga = saga;
  }
}

/** A step returned what it may not: nothing of it was recorded. */
export class InvalidOutcomeError extends EverfoldError<'INVALID_OUTCOME'> {
  readonly step: string;

  constructor(step: string, problem: string) {
    super('INVALID_OUTCOME', `Step "${step}" returned an outcome that cannot be recorded: ${problem}.`);
    this.step = step;
  }
}

/** An event of a run that was begun under a version which is not at hand. */
export class UnknownSagaVersionError extends EverfoldError<'UNKNOWN_SAGA_VERSION'> {
  readonly saga: string;
  readonly version: number;

  constructor(saga: string, version: number, known: readonly number[]) {
    super(
      'UNKNOWN_SAGA_VERSION',
      `A run of saga "${saga}" was begun under version ${version}, and only ${known.join(', ')} can be gone on with. ` +
        'Give the earlier definition as well, by withEarlier, until its last run has ended.',
    );
    this.saga = saga;
    this.version = version;
  }
}

/** A chain of events that is longer than any run of the saga: probably sagas that start one another in a circle. */
export class TooManyHopsError extends EverfoldError<'TOO_MANY_HOPS'> {
  readonly saga: string;
  readonly hops: number;

  constructor(saga: string, hops: number, maxHops: number, event: { readonly type: string; readonly id: string }) {
    super(
      'TOO_MANY_HOPS',
      `Event "${event.type}" (${event.id}) is ${hops} hops from its origin; saga "${saga}" follows ${maxHops}. ` +
        'Look for sagas that start one another in a circle, or raise its maxHops.',
    );
    this.saga = saga;
    this.hops = hops;
  }
}

/**
 * A function has met what its bundle was built without: the definition of its saga is another one than that from which `stepLeavesOut`
 * or `endLeavesOut` derived it. Nothing was done, and the event is not handled.
 */
export class LeftOutError extends EverfoldError<'LEFT_OUT'> {
  /** What it was built without, in words. */
  readonly part: string;

  constructor(part: string) {
    super('LEFT_OUT', `This bundle was built without ${part}. Derive its "leavesOut" from the saga that it handles.`);
    this.part = part;
  }
}

/** A fact for a step that does not wait for one. Nothing was recorded. */
export class NotWaitingError extends EverfoldError<'NOT_WAITING'> {
  readonly step: string;
  readonly key: string;
  /** Status of the step's ledger. */
  readonly status: string;

  constructor(step: string, key: string, status: string, problem: string) {
    // A step that has not begun to wait may do so at any moment.
    super('NOT_WAITING', `Step "${step}" of "${key}" ${problem}.`, { retryable: status === 'empty' });
    this.step = step;
    this.key = key;
    this.status = status;
  }
}

/**
 * A service answered what contradicts an earlier answer of its own, or took its work back without being asked. Nothing was
 * recorded.
 */
export class ContractBrokenError extends EverfoldError<'CONTRACT_BROKEN'> {
  readonly step: string;
  readonly key: string;

  constructor(
    step: string,
    key: string,
    answer: string,
    { status, isUnasked }: { readonly status: string; readonly isUnasked: boolean },
  ) {
    const problem = isUnasked
      ? 'and was not asked to take its work back. Have it done again there, and listen to the event that asks alone.'
      : `which is ${status} already. Find out at the service what was done, and have it taken back there if it stands.`;
    super('CONTRACT_BROKEN', `The service that runs step "${step}" answered "${answer}" for "${key}", ${problem}`);
    this.step = step;
    this.key = key;
  }
}
