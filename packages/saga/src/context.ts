import {
  causedBy,
  checkEvent,
  encodeEvent,
  InvalidEventError,
  type Metadata,
  type NewEvent,
  type RecordedEvent,
  readEvents,
  UnreadableEventError,
} from '@everfold/core';
import { InvalidOutcomeError, TooManyHopsError } from './errors.js';
import type { AnySaga } from './saga.js';
import { pinnedVersion } from './versions.js';

/**
 * The saga's key in an event.
 *
 * @throws InvalidEventError when it is not a string of at least one character.
 */
export function keyOf(saga: AnySaga, event: NewEvent): string {
  const key = (event.data as Readonly<Record<string, unknown>> | null)?.[saga.key];
  if (typeof key === 'string' && key !== '') return key;
  throw new InvalidEventError(event.type, [
    { path: saga.key, reason: `saga "${saga.name}" needs its key here, of at least one character` },
  ]);
}

/** The metadata of what an event of the saga causes: the version it was started under goes all the way with it. */
export function metadataOf(saga: AnySaga, event: RecordedEvent): Metadata {
  return {
    ...causedBy(event),
    saga: saga.name,
    sagaVersion: pinnedVersion(saga, event.metadata) ?? saga.version,
    hops: hopsOf(event) + 1,
  };
}

/** @throws TooManyHopsError when a start is further from its origin than the saga follows. */
export function checkHops({ name, maxHops }: AnySaga, event: RecordedEvent): void {
  const hops = hopsOf(event);
  if (hops >= maxHops) throw new TooManyHopsError(name, hops, maxHops, event);
}

function hopsOf({ metadata: { hops } }: RecordedEvent): number {
  return typeof hops === 'number' ? hops : 0;
}

/**
 * An event of a ledger as its definition reads it now: it may have been recorded under an earlier one. Of several that it
 * is upcast to, it is the one of its own type.
 *
 * @param ledger - The stream of the ledger.
 * @throws InvalidEventError when it no longer fits.
 * @throws UnreadableEventError, NewerRevisionError when its definition cannot read it.
 */
export async function readAgain<TEvent extends NewEvent>(
  saga: AnySaga,
  event: TEvent,
  ledger: string,
): Promise<TEvent> {
  const { type, revision = 1 } = event;
  const again = readEvents(saga.events, [event], ledger).find((each) => each.type === type);
  if (again === undefined) {
    const reason = 'it is upcast to events of other types only, and the ledger goes by its own';
    throw new UnreadableEventError({ stream: ledger, type, revision }, [{ path: '', reason }]);
  }
  return { ...again, data: (await checkEvent(saga.events, again)).data };
}

/**
 * Checks what a function of a step returned, and brings it into the form in which it is recorded.
 *
 * @throws InvalidOutcomeError when the event is not one that it may return, or belongs to another run of the saga.
 * @throws InvalidEventError when its data fails its schema, or has no key.
 */
export async function checkOutcome(
  saga: AnySaga,
  step: string,
  outcome: NewEvent,
  allowed: readonly string[],
  key: string,
): Promise<NewEvent> {
  if (!allowed.includes(outcome.type)) {
    throw new InvalidOutcomeError(
      step,
      `"${outcome.type}" is not among ${allowed.map((type) => `"${type}"`).join(', ')}`,
    );
  }
  const event = await checkEvent(saga.events, { type: outcome.type, data: outcome.data });
  const own = keyOf(saga, event);
  if (own !== key) throw new InvalidOutcomeError(step, `its ${saga.key} is "${own}" in a run of "${key}"`);
  return encodeEvent(saga.events, event);
}
