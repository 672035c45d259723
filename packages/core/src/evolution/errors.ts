import { describeProblem, EverfoldError, type Problem } from '../errors.js';

/** Which event it was. */
export interface EventPlace {
  readonly stream: string;
  readonly type: string;
  /** The form in which it was recorded. */
  readonly revision: number;
}

/** A recorded event of a revision that is not defined here yet, as while a new version is rolled out. */
export class NewerRevisionError extends EverfoldError<'NEWER_REVISION'> implements EventPlace {
  readonly stream: string;
  readonly type: string;
  readonly revision: number;
  /** The newest revision that is defined here. */
  readonly known: number;

  constructor({ stream, type, revision }: EventPlace, known: number) {
    super(
      'NEWER_REVISION',
      `Stream "${stream}" holds an event "${type}" of revision ${revision}, and ${known} is the newest that is defined here. Deploy the version that defines it.`,
    );
    this.stream = stream;
    this.type = type;
    this.revision = revision;
    this.known = known;
  }
}

/** A recorded event that its own definition cannot read: its upcasters, its codec or its schema fail on it. */
export class UnreadableEventError extends EverfoldError<'UNREADABLE_EVENT'> implements EventPlace {
  readonly stream: string;
  readonly type: string;
  readonly revision: number;
  readonly problems: readonly Problem[];

  constructor({ stream, type, revision }: EventPlace, problems: readonly Problem[], options?: ErrorOptions) {
    super(
      'UNREADABLE_EVENT',
      `Stream "${stream}" holds an event "${type}" of revision ${revision} that cannot be read: ${problems.map(describeProblem).join('; ')}. Add a fixture of its data to the tests, and mend the definition.`,
      options,
    );
    this.stream = stream;
    this.type = type;
    this.revision = revision;
    this.problems = problems;
  }
}
