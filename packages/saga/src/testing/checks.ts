import { AssertionError, deepStrictEqual } from 'node:assert/strict';
import {
  isEverfoldError,
  type NewEvent,
  type RecordedEvent,
  recordedEvents,
  streamName,
  validateEvent,
} from '@everfold/core';
import type { LedgerStatus, Work } from '../ledger.js';
import { find } from './by-hand.js';
import type { Play } from './play.js';

/* What a run is to have come to. Each check throws an AssertionError that shows what happened. */

/** Events, in their order: by type alone, or with their data. */
export async function checkEvents(
  play: Play,
  events: readonly RecordedEvent[],
  expected: readonly (string | NewEvent)[],
): Promise<void> {
  const wanted = await Promise.all(expected.map((each) => (typeof each === 'string' ? each : asRecorded(play, each))));
  const actual = events.map(({ type, data }, index) => (typeof wanted[index] === 'object' ? { type, data } : type));
  same(play, actual, wanted, 'These events are not the expected ones');
}

async function asRecorded({ saga }: Play, event: NewEvent): Promise<NewEvent> {
  try {
    const { type, data } = await validateEvent(saga.events, event);
    return { type, data: JSON.parse(JSON.stringify(data)) };
  } catch (error) {
    if (!isEverfoldError(error, 'INVALID_EVENT')) throw error;
    const message = `An expected event cannot be recorded. ${error.message}`;
    throw Object.assign(new AssertionError({ message }), { cause: error });
  }
}

/** The one terminal event; none, when the run is not to have ended. */
export async function checkEnd(play: Play, key: string, expected: readonly string[]): Promise<void> {
  const types: string[] = [];
  for await (const commit of play.store.read(streamName(play.saga.end.ledger, key)))
    types.push(...recordedEvents(commit).map(({ type }) => type));
  same(play, types, expected, `"${key}" has not ended as expected`);
}

export async function checkLedger(play: Play, step: string, key: string, expected: LedgerStatus): Promise<void> {
  const { ledger } = await find(play, step, key);
  same(play, ledger.status, expected, `The ledger of step "${step}" of "${key}" is ${ledger.status}`);
}

/** @param until - ISO 8601. */
export async function checkWaiting(play: Play, step: string, key: string, until: string | undefined): Promise<void> {
  const found = await find(play, step, key);
  const { status, started, parked } = found.ledger;
  const isWaiting = found.step.work !== 'run' && status === 'started' && parked === undefined;
  const message = `Step "${step}" of "${key}" does not wait as expected: it is ${parked ? 'parked' : status}`;
  same(play, isWaiting, true, message);
  if (until !== undefined) same(play, started?.deadline, new Date(until).toISOString(), message);
}

export async function checkParked(play: Play, step: string, key: string, work: Work | undefined): Promise<void> {
  const { ledger } = await find(play, step, key);
  const expected = { status: ledger.status, parked: work ?? ledger.parked?.work ?? 'run' };
  const message = `Step "${step}" of "${key}" is not parked as expected`;
  same(play, { status: ledger.status, parked: ledger.parked?.work }, expected, message);
}

/** @param code - The code of an error of Everfold, or the name of any other one. */
export function checkRefusal(play: Play, by: string, code: string): void {
  const index = play.refusals.findIndex((refusal) => refusal.by === by && codeOf(refusal.error) === code);
  const actual = play.refusals.map((refusal) => `${refusal.by}: ${codeOf(refusal.error)}`);
  if (index < 0) same(play, actual, [`${by}: ${code}`], `"${by}" did not refuse as expected`);
  play.refusals.splice(index, 1);
}

/** What was given up and not expected to be, is a failure whatever else was asked. */
export function checkNothingRefused(play: Play): void {
  const [refusal] = play.refusals;
  if (refusal === undefined) return;
  const message = `"${refusal.by}" gave up on a delivery: ${refusal.error}\n${play.timeline}`;
  throw Object.assign(new AssertionError({ message }), { cause: refusal.error });
}

function codeOf(error: unknown): string {
  if (isEverfoldError(error)) return error.code;
  return error instanceof Error ? error.name : String(error);
}

function same(play: Play, actual: unknown, expected: unknown, problem: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    const diff = error instanceof Error ? error.message : String(error);
    const message = `${problem}.\n${diff}\n\n${play.timeline}`;
    throw new AssertionError({ message, actual, expected });
  }
}
