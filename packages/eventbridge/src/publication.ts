import {
  type EventData,
  type EventSchemas,
  encodeEvent,
  findJsonFlaw,
  InvalidArgumentError,
  InvalidEventError,
  type RecordedEvent,
  readEvents,
} from '@everfold/core';
import type { PublicEvent } from './envelope.js';

/** How others come to know the events of one type. */
export interface PublishedAs<TEvent extends RecordedEvent = RecordedEvent> {
  /** The `detail-type`: 1 to 128 characters. Default: the type itself. */
  readonly as?: string;
  /**
   * What others are told in place of the recorded data, made of the event as its definition reads it today. It has to be
   * what JSON carries unchanged; `undefined` keeps this one event private. Pure: a redelivery tells the same again.
   */
  readonly data?: (event: TEvent) => unknown;
  /** The form of what `data` makes, from 1: consumers upcast by it. Default 1. */
  readonly revision?: number;
}

/**
 * What is told to others: for each event type, `true` (as it is recorded), `false` (nothing), or under another name or with
 * other data.
 */
export type Publication<TSchemas extends EventSchemas> = {
  readonly [TType in keyof TSchemas & string]: boolean | PublishedAs<RecordedEvent<TType, EventData<TSchemas, TType>>>;
};

/** What others are told of a recorded event: nothing, the event, or the several that it is upcast to. */
export type Announce = (event: RecordedEvent) => readonly PublicEvent[];

/** What the compiler knew of the data ends here: events come from a stream of the table. */
type Rule = boolean | PublishedAs<never>;

/** Source: EventBridge API Reference, "PutEventsRequestEntry": a detail type has at most 128 characters. */
const LONGEST_TYPE = 128;

const NOTHING: readonly never[] = [];

/**
 * Makes the function that tells what is public of an event.
 *
 * @param publication - Default: each of the defined events, as it is recorded. Types that are not defined stay private.
 * @throws InvalidArgumentError when a defined type is not mentioned or one that is mentioned is not defined, a name cannot
 *   be a `detail-type`, or a revision is given without `data` or is none.
 */
export function toAnnounce<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  publication?: Publication<TSchemas>,
): Announce {
  const rules = rulesOf(schemas, publication);

  function announce(event: RecordedEvent): readonly PublicEvent[] {
    const rule = rules.get(event.type) ?? false;
    if (rule === false) return NOTHING;
    if (rule === true || rule.data === undefined) return [{ event: renamed(event, rule), recorded: true }];
    return readEvents(schemas, [event], event.stream).flatMap(announcePart);
  }

  /** A read event may be of another type than the recorded one: what that type's rule says of it then counts. */
  function announcePart(event: RecordedEvent): readonly PublicEvent[] {
    const rule = rules.get(event.type) ?? false;
    if (rule === false) return NOTHING;
    if (rule === true || rule.data === undefined)
      return [{ event: renamed(encodeEvent(schemas, event), rule), recorded: false }];
    const data: unknown = rule.data(event as never);
    if (data === undefined) return NOTHING;
    const flaw = findJsonFlaw(data);
    if (flaw) throw new InvalidEventError(rule.as ?? event.type, [flaw]);
    const { revision: _recorded, ...rest } = event;
    const form = rule.revision === undefined ? { data } : { data, revision: rule.revision };
    return [{ event: renamed({ ...rest, ...form }, rule), recorded: false }];
  }

  return announce;
}

function renamed(event: RecordedEvent, rule: Exclude<Rule, false>): RecordedEvent {
  return rule === true || rule.as === undefined ? event : { ...event, type: rule.as };
}

function rulesOf<TSchemas extends EventSchemas>(
  schemas: TSchemas,
  publication: Publication<TSchemas> | undefined,
): ReadonlyMap<string, Rule> {
  const types = Object.keys(schemas);
  for (const type of Object.keys(publication ?? {})) {
    if (!Object.hasOwn(schemas, type)) throw wrong(type, `is not among the events: ${types.join(', ')}`);
  }
  return new Map(types.map((type) => [type, checkedRule(type, publication)]));
}

function checkedRule(type: string, publication: Readonly<Record<string, Rule>> | undefined): Rule {
  if (type.startsWith('$')) throw wrong(type, 'is Everfold’s own, and never leaves the store');
  if (publication !== undefined && !Object.hasOwn(publication, type)) {
    throw wrong(type, 'is not decided upon: say true, false, or how it is published');
  }
  const rule = publication?.[type] ?? true;
  if (typeof rule === 'boolean') return rule;
  const { as = type, data, revision = 1 } = rule;
  if (as === '' || as.length > LONGEST_TYPE || as.startsWith('$')) {
    throw wrong(
      type,
      `cannot be published as ${JSON.stringify(as)}: give 1 to ${LONGEST_TYPE} characters, "$" not first`,
    );
  }
  if (!Number.isSafeInteger(revision) || revision < 1 || (rule.revision !== undefined && data === undefined)) {
    throw wrong(type, `has revision ${revision}: give a whole number from 1, beside the data that it is the form of`);
  }
  return rule;
}

function wrong(type: string, what: string): InvalidArgumentError {
  return new InvalidArgumentError(`What is published of event "${type}" is not right: it ${what}.`);
}
