import { isDeepStrictEqual } from 'node:util';
import { narrowings } from './compare-data.js';
import type { EventShape, SagaShape, StepShape } from './shape.js';

/** A difference between two shapes of one version of a saga. */
export interface Change {
  /** `breaking`: runs that are under way could not go on, or would not end as they should. */
  readonly severity: 'compatible' | 'breaking';
  /** Where, such as `steps.charge.ledger`. */
  readonly at: string;
  readonly message: string;
}

/** Notes a change. */
type Note = (severity: Change['severity'], at: string, message: string) => void;

const REMEDY = 'Raise the version, and keep the old definition by withEarlier until its last run has ended.';

/**
 * Says what a change of a definition means for runs that are under way, if the version stays the same.
 *
 * Under a raised version anything may change: runs end under the definition that they began under. So there is nothing to
 * compare then, and the list is empty.
 *
 * @returns The changes, each with its remedy where it is breaking.
 *
 * @example
 * ```ts
 * import { compareShapes, shapeOf } from '@everfold/saga/shape';
 * const broken = compareShapes(shapeOf(saga), shapeOf(saga)).filter(({ severity }) => severity === 'breaking');
 * ```
 */
export function compareShapes(before: SagaShape, after: SagaShape): Change[] {
  const changes: Change[] = [];
  const note: Note = (severity, at, message) => {
    changes.push({ severity, at, message: severity === 'breaking' ? `${message}. ${REMEDY}` : `${message}.` });
  };
  if (before.version !== after.version) return [];
  compareWhole(before, after, note);
  compareEvents(before, after, note);
  compareSteps(before, after, note);
  compareEnds(before, after, note);
  return changes;
}

function compareWhole(before: SagaShape, after: SagaShape, note: Note): void {
  for (const field of ['saga', 'start', 'key'] as const) {
    if (before[field] !== after[field])
      note('breaking', field, `The saga's ${field} was "${before[field]}" and is "${after[field]}"`);
  }
  if (before.cancel !== after.cancel) {
    const [was, is] = [before.cancel ?? 'none', after.cancel ?? 'none'];
    note(
      before.cancel === undefined ? 'compatible' : 'breaking',
      'cancel',
      `Its cancellation was "${was}" and is "${is}"`,
    );
  }
  if (before.maxHops !== after.maxHops) {
    const severity = after.maxHops < before.maxHops ? 'breaking' : 'compatible';
    note(severity, 'maxHops', `It followed ${before.maxHops} hops and follows ${after.maxHops}`);
  }
  if (before.withinMs !== after.withinMs)
    note('compatible', 'withinMs', `It should end within ${inMs(before.withinMs)}, now ${inMs(after.withinMs)}`);
}

function compareEvents(before: SagaShape, after: SagaShape, note: Note): void {
  for (const [type, was] of Object.entries(before.events)) {
    const is = after.events[type];
    if (is === undefined) note('breaking', `events.${type}`, `Event "${type}" is removed, and may be recorded`);
    else compareEvent(type, was, is, note);
  }
  for (const type of added(before.events, after.events)) note('compatible', `events.${type}`, `Event "${type}" is new`);
}

function compareEvent(type: string, before: EventShape, after: EventShape, note: Note): void {
  const at = `events.${type}`;
  const said = `Event "${type}"`;
  if (after.revision < before.revision) {
    note('breaking', at, `${said} was recorded in revision ${before.revision} and is read in ${after.revision}`);
  } else if (after.revision > before.revision) {
    // What was recorded is upcast when it is read.
    note('compatible', at, `${said} is recorded in revision ${after.revision}, and upcast from ${before.revision}`);
  } else if (before.data !== undefined && after.data === undefined) {
    note('breaking', at, `${said} does not say any more what its data is`);
  } else if (!isDeepStrictEqual(before.data, after.data)) {
    const narrow = narrowings(before.data ?? false, after.data ?? true);
    if (narrow.length === 0) note('compatible', at, `${said} has data of another form, which takes what is recorded`);
    else
      note(
        'breaking',
        at,
        `${said} does not take all that is recorded: ${narrow.join('; ')} (or have its old form read as an earlier revision, by evolving)`,
      );
  }
}

function compareSteps(before: SagaShape, after: SagaShape, note: Note): void {
  for (const [name, was] of Object.entries(before.steps)) {
    const is = after.steps[name];
    if (is === undefined)
      note('breaking', `steps.${name}`, `Step "${name}" is removed or renamed, and runs may be at it`);
    else compareStep(name, was, is, note);
  }
  for (const name of added(before.steps, after.steps))
    note('breaking', `steps.${name}`, `Step "${name}" is new, and runs that are past its trigger never come to it`);
}

/** What a step of a run depends upon: its ledger, its idempotency key, and what it reacts to. */
const FIXED = {
  kind: 'its kind',
  work: 'who does its work',
  ok: 'what it succeeds with',
  undo: 'what it is undone with',
  ask: 'how its service is asked to undo it',
  ledger: 'where its ledger is',
  effect: 'where it acts',
  isOptional: 'whether it waits in some runs only',
  source: 'the source of its service',
} as const;

function compareStep(name: string, before: StepShape, after: StepShape, note: Note): void {
  const at = (field: string) => `steps.${name}.${field}`;
  for (const [field, what] of entriesOf(FIXED)) {
    if (before[field] !== after[field])
      note('breaking', at(field), `Step "${name}" changes ${what}: it was "${before[field]}" and is "${after[field]}"`);
  }
  compareTriggers(at('on'), `Step "${name}" is triggered by`, before.on, after.on, note);
  for (const type of without(before.fails, after.fails))
    note('breaking', at('fails'), `Step "${name}" does not fail with "${type}" any more, and may have`);
  for (const type of without(after.fails, before.fails))
    note('compatible', at('fails'), `Step "${name}" may fail with "${type}" as well; deploy those before it first`);
  for (const type of without(before.undoneOn, after.undoneOn))
    note('breaking', at('undoneOn'), `Step "${name}" is not undone upon "${type}" any more`);
  if (before.by !== after.by)
    note('compatible', at('by'), `Step "${name}" was run by "${before.by}" and is by "${after.by}"`);
  if (!isDeepStrictEqual(before.retry, after.retry))
    note('compatible', at('retry'), `Step "${name}" is retried otherwise`);
  compareDeadlines(name, before, after, note);
}

function compareDeadlines(
  name: string,
  { deadline: before }: StepShape,
  { deadline: after }: StepShape,
  note: Note,
): void {
  const at = `steps.${name}.deadline`;
  if (before?.fails === true && after?.fails !== true)
    note('breaking', at, `Step "${name}" cannot be given up any more, and what it did unseen would stand`);
  else if (before !== undefined && after === undefined)
    note('breaking', at, `Step "${name}" has no deadline any more, and runs may wait for it`);
  else if (!isDeepStrictEqual(before, after))
    note(
      'compatible',
      at,
      `Step "${name}" had ${inMs(before?.afterMs)} and has ${inMs(after?.afterMs)}; what is begun keeps its own`,
    );
}

function compareEnds({ end: before }: SagaShape, { end: after }: SagaShape, note: Note): void {
  compareTriggers('end.done.on', 'It is done on', before.done.on, after.done.on, note);
  for (const end of ['done', 'cancelled'] as const) {
    if (before[end].emit !== after[end].emit)
      note('breaking', `end.${end}.emit`, `It ended with "${before[end].emit}" and ends with "${after[end].emit}"`);
  }
  if (before.ledger !== after.ledger)
    note('breaking', 'end.ledger', `Its ends were kept in "${before.ledger}" and are in "${after.ledger}"`);
  for (const type of without(before.cancelled.on, after.cancelled.on))
    note('breaking', 'end.cancelled.on', `It is not cancelled upon "${type}" any more`);
}

/** The first is the one that functions are given as `event`, so it matters which it is; the order of others does not. */
function compareTriggers(
  at: string,
  what: string,
  before: readonly string[],
  after: readonly string[],
  note: Note,
): void {
  const isSame = before[0] === after[0] && isDeepStrictEqual([...before].sort(), [...after].sort());
  if (!isSame) note('breaking', at, `${what} ${quoted(after)}, and was by ${quoted(before)}`);
}

function quoted(types: readonly string[]): string {
  return types.map((type) => `"${type}"`).join(', ');
}

function added(before: object, after: object): string[] {
  return without(Object.keys(after), Object.keys(before));
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((each) => !others.includes(each));
}

function entriesOf<TKey extends string, TValue>(record: Readonly<Record<TKey, TValue>>): [TKey, TValue][] {
  return Object.entries(record) as [TKey, TValue][];
}

function inMs(ms: number | undefined): string {
  return ms === undefined ? 'no time of its own' : `${ms} ms`;
}
