import { describeProblems, EverfoldError, type EverfoldErrorOptions, type Problem } from '../errors.js';

/** Which event it was. */
export interface EventPlace {
  readonly stream: string;
  readonly type: string;
  /** The form in which it was recorded. */
  readonly revision: number;
}

/** A recorded event of which the definition makes nothing. */
abstract class RecordedEventError<TCode extends string> extends EverfoldError<TCode> implements EventPlace {
  readonly stream: string;
  readonly type: string;
  readonly revision: number;

  /** @param problem - What is wrong with the event, and what to do, as the rest of a sentence that begins with it. */
  protected constructor(
    code: TCode,
    { stream, type, revision }: EventPlace,
    problem: string,
    options?: EverfoldErrorOptions,
  ) {
    super(code, `Stream "${stream}" holds an event "${type}" of revision ${revision}${problem}`, options);
    this.stream = stream;
    this.type = type;
    this.revision = revision;
  }
}

/** A recorded event of a revision that is not defined here yet, as while a new version is rolled out. */
export class NewerRevisionError extends RecordedEventError<'NEWER_REVISION'> {
  /** The newest revision that is defined here. */
  readonly known: number;

  constructor(place: EventPlace, known: number) {
    super(
      'NEWER_REVISION',
      place,
      `, and ${known} is the newest that is defined here. Deploy the version that defines it.`,
    );
    this.known = known;
  }
}

/** A recorded event that its own definition cannot read: its upcasters, its codec or its schema fail on it. */
export class UnreadableEventError extends RecordedEventError<'UNREADABLE_EVENT'> {
  readonly problems: readonly Problem[];

  constructor(place: EventPlace, problems: readonly Problem[], options?: ErrorOptions) {
    super(
      'UNREADABLE_EVENT',
      place,
      ` that cannot be read: ${describeProblems(problems)}. Add a fixture of its data to the tests, and mend the definition.`,
      options,
    );
    this.problems = problems;
  }
}
