import { type Aggregate, type Commands, fold } from './aggregate.js';
import { type Append, type Commit, carriedByJson, endOf } from './commit.js';
import { InvalidArgumentError, VersionMismatchError } from './errors.js';
import { type EventSchemas, type NewEvent, validateEvent } from './events.js';
import { encodeSnapshot } from './snapshot-policy.js';
import type { Stateful, StreamState } from './stream-state.js';

/** An aggregate, as far as deciding on a stream of it goes. */
export type Decidable<TState, TCommands = Commands<TState, NewEvent>> = Stateful<TState> &
  Pick<Aggregate<TState, EventSchemas, never>, 'events'> & { readonly commands: TCommands };

/** What commands decided on a stream and nobody recorded yet. */
export interface Decided<TState> {
  /** What was known of the stream. */
  readonly from: StreamState<TState>;
  /** As JSON carries them, so that folding them now is folding them after a reload. */
  readonly events: readonly NewEvent[];
  /** The state after these events. */
  readonly state: TState;
}

/** Before the first command. */
export function undecided<TState>(from: StreamState<TState>): Decided<TState> {
  return { from, events: [], state: from.state };
}

/** The version that the stream will be at. */
export function versionOf({ from, events }: Decided<unknown>): number {
  return from.position.version + events.length;
}

/** The version that an aggregate must be at, or several of which it must be at one; of none of them it never is. */
export type ExpectedVersion = number | readonly number[];

/** @throws VersionMismatchError when a version is expected, and it is another one. */
export function checkExpectedVersion(decided: Decided<unknown>, expected: ExpectedVersion | undefined): void {
  const version = versionOf(decided);
  if (expected !== undefined && !isExpected(version, expected)) {
    throw new VersionMismatchError(decided.from.position.stream, expected, version);
  }
}

export function isExpected(version: number, expected: ExpectedVersion): boolean {
  return [expected].flat().includes(version);
}

/**
 * Has a command decide on what was decided before it, and folds its events: a reducer that throws does so here, before
 * anything is written.
 *
 * @throws InvalidArgumentError when the aggregate has no such command; InvalidEventError; what the command throws.
 */
export async function decideOn<TState>(
  aggregate: Decidable<TState>,
  before: Decided<TState>,
  command: string,
  input: unknown,
): Promise<Decided<TState>> {
  if (!Object.hasOwn(aggregate.commands, command)) {
    const known = Object.keys(aggregate.commands).join(', ');
    throw new InvalidArgumentError(`"${aggregate.category}" has no command "${command}"; it has ${known}.`);
  }
  const decided = aggregate.commands[command]?.(before.state, input as never) ?? [];
  const valid = await Promise.all(decided.map((event) => validateEvent(aggregate.events, event)));
  const events = carriedByJson(valid);
  const state = fold(aggregate, events, before.from.position.stream, before.state);
  return { from: before.from, events: [...before.events, ...events], state };
}

/** The decision as it is written, but for its metadata: with a snapshot, when one is due. */
export function decisionOf<TState>(aggregate: Stateful<TState>, decided: Decided<TState>): Omit<Append, 'metadata'> {
  const { snapshot } = aggregate;
  const due = snapshot && isSnapshotDue(snapshot, decided);
  return {
    after: decided.from.position,
    events: decided.events,
    ...(due && { snapshot: encodeSnapshot(snapshot, decided.state) }),
  };
}

/** What is known of the stream once the decision is recorded. */
export function recordedState<TState>(
  aggregate: Stateful<TState>,
  decided: Decided<TState>,
  commit: Commit,
): StreamState<TState> {
  const due = aggregate.snapshot && isSnapshotDue(aggregate.snapshot, decided);
  const snapshotAt = due ? commit.last : decided.from.snapshotAt;
  return { state: decided.state, position: endOf(commit), snapshotAt };
}

function isSnapshotDue({ every }: { readonly every: number }, decided: Decided<unknown>): boolean {
  return versionOf(decided) - decided.from.snapshotAt >= every;
}
