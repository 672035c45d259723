import type { CommandArguments, Commands } from '../aggregate.js';
import type { Claim, ClaimKey, Release, TransactionPart } from '../claims.js';
import {
  checkExpectedVersion,
  type Decidable,
  type Decided,
  type ExpectedVersion,
  undecided,
  versionOf,
} from '../decision.js';
import { InvalidArgumentError, StreamNotFoundError } from '../errors.js';
import type { StreamStore } from '../event-store.js';
import type { NewEvent } from '../events.js';
import { readEvents } from '../evolution/read-events.js';
import type { Metadata } from '../metadata.js';
import { streamName } from '../stream.js';
import { readOn, unread } from '../stream-state.js';
import type { StreamPart } from '../transaction.js';
import { Subject } from './subject.js';

/** An aggregate as a unit of work has it: with what was decided in the unit and is not recorded yet. */
export interface Underway<TState> {
  readonly state: TState;
  /** The version that the aggregate is at once the unit is recorded. */
  readonly version: number;
}

/** What a command came to in a unit of work. */
export interface UnderwayDecided<TState> extends Underway<TState> {
  /** The events that it decided. They are recorded with the unit, or not at all. */
  readonly events: readonly NewEvent[];
}

/** How a unit of work loads an aggregate. */
export interface UnitLoadOptions {
  /**
   * Whether the unit is written only if the aggregate is unchanged by then, where nothing else of the unit is appended to
   * it. Default: yes. Without, it is a little cheaper, and the decision may rest on what is no longer true.
   */
  readonly check?: boolean;
  /** Whether having no events is an error. Default: it is the initial state, at version 0. */
  readonly mustExist?: boolean;
}

/** How a unit of work executes a command. */
export interface UnitExecuteOptions {
  /** The version that the aggregate must be at, or one of several, with what the unit decided on it so far. Default: whatever it is at. */
  readonly expectedVersion?: ExpectedVersion;
}

/** What is decided together in a `StreamStore`: a view of several aggregates, and what is to be written to them, all or nothing. */
export interface StreamUnitOfWork {
  /**
   * Loads an aggregate; the second time, what the unit knows of it. Costs one `load` of the store for each aggregate.
   *
   * @throws StreamNotFoundError when it `mustExist` and has no events; StreamDeletedError when its stream was deleted.
   * @throws UnknownEventError, StreamCorruptedError.
   */
  load<TState>(aggregate: Decidable<TState>, id: string, options?: UnitLoadOptions): Promise<Underway<TState>>;

  /**
   * Decides on an aggregate, on top of what the unit decided on it before: all of it becomes one commit. A command that
   * throws decides nothing; if the function goes on, so does the unit, on condition that the aggregate is unchanged.
   *
   * @throws VersionMismatchError when the aggregate is not at `expectedVersion`.
   * @throws InvalidEventError; what the command throws; what `load` throws.
   */
  execute<TState, TCommands extends Commands<TState, NewEvent>, TName extends keyof TCommands & string>(
    aggregate: Decidable<TState, TCommands>,
    id: string,
    command: TName,
    ...args: CommandArguments<TCommands, TName, UnitExecuteOptions>
  ): Promise<UnderwayDecided<TState>>;
}

/** What is decided together in an `EventStore`: the same, and unique values that are claimed and released with it. */
export interface UnitOfWork extends StreamUnitOfWork {
  /**
   * Claims a value that has to be unique, such as an e-mail address, when the unit is written.
   *
   * @param key - What has to be unique, in one form.
   * @param by - Who holds it from then on, such as the name of a stream.
   * @param options - `forSeconds`: after how many seconds it is free again. Default: when it is released.
   */
  claim(key: ClaimKey, by: string, options?: Pick<Claim, 'forSeconds'>): void;

  /** Gives up a value that `by` holds, when the unit is written. */
  release(key: ClaimKey, by: string): void;
}

/** One attempt at a unit of work: for one call of the function. */
export class UnitAttempt implements UnitOfWork {
  readonly #store: StreamStore;
  /** Each of its own type of state: the aggregate says which. */
  readonly #subjects = new Map<string, { readonly aggregate: object; part(metadata: Metadata): Part }>();
  readonly #claims: (Claim | Release)[] = [];
  #over = false;

  constructor(store: StreamStore) {
    this.#store = store;
  }

  async load<TState>(
    aggregate: Decidable<TState>,
    id: string,
    { check = true, mustExist = false }: UnitLoadOptions = {},
  ): Promise<Underway<TState>> {
    const subject = this.#subjectOf(aggregate, id);
    if (check) subject.check();
    const decided = await subject.decided;
    if (mustExist && versionOf(decided) === 0) throw new StreamNotFoundError(decided.from.position.stream);
    return underway(decided);
  }

  async execute<TState>(
    aggregate: Decidable<TState>,
    id: string,
    command: string,
    ...[input, { expectedVersion } = {}]: readonly [input?: unknown, options?: UnitExecuteOptions]
  ): Promise<UnderwayDecided<TState>> {
    const subject = this.#subjectOf(aggregate, id);
    subject.check();
    let known = 0;
    const decided = await subject.decide(command, input, (before) => {
      checkExpectedVersion(before, expectedVersion);
      known = before.events.length;
    });
    const { stream } = decided.from.position;
    return { ...underway(decided), events: readEvents(aggregate.events, decided.events.slice(known), stream) };
  }

  claim(key: ClaimKey, by: string, options: Pick<Claim, 'forSeconds'> = {}): void {
    this.#checkNotOver();
    this.#claims.push({ claim: key, by, ...options });
  }

  release(key: ClaimKey, by: string): void {
    this.#checkNotOver();
    this.#claims.push({ release: key, by });
  }

  /** Ends the attempt: all that it comes to. */
  async end(metadata: Metadata): Promise<TransactionPart[]> {
    this.#over = true;
    const parts = await Promise.all([...this.#subjects.values()].map((subject) => subject.part(metadata)));
    return [...parts.filter((part) => part !== undefined), ...this.#claims];
  }

  #subjectOf<TState>(aggregate: Decidable<TState>, id: string): Subject<TState> {
    this.#checkNotOver();
    const stream = streamName(aggregate.category, id);
    const found = this.#subjects.get(stream);
    if (found === undefined) return this.#load(aggregate, stream);
    if (found.aggregate !== aggregate) {
      throw new InvalidArgumentError(
        `Stream "${stream}" is in the unit of work as that of another aggregate of the same category. Use one definition.`,
      );
    }
    // The subject was made for this very aggregate.
    return found as Subject<TState>;
  }

  #load<TState>(aggregate: Decidable<TState>, stream: string): Subject<TState> {
    const loaded = readOn(aggregate, this.#store, unread(aggregate, stream)).then(undecided);
    const subject = new Subject(aggregate, loaded);
    this.#subjects.set(stream, subject);
    loaded.catch(() => this.#subjects.delete(stream));
    return subject;
  }

  #checkNotOver(): void {
    if (!this.#over) return;
    throw new InvalidArgumentError('The unit of work is over. Await all that is decided together within the function.');
  }
}

type Part = Promise<StreamPart | undefined>;

function underway<TState>(decided: Decided<TState>): Underway<TState> {
  return { state: decided.state, version: versionOf(decided) };
}
