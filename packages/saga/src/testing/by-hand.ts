import { AssertionError } from 'node:assert/strict';
import { type NewEvent, validateEvent } from '@everfold/core';
import { metadataOf } from '../context.js';
import { RESOLVED, RESUMED } from '../ledger.js';
import { begunUnder, enter, type LoadedLedger, loadLedger } from '../loaded-ledger.js';
import { type StepVersion, versionsOfStep } from '../versions.js';
import type { Play } from './play.js';

/** A step with its ledger, and the definition that it was begun under. */
export interface Found extends LoadedLedger, StepVersion {}

/** Looks into the ledger of a step. */
export async function find({ saga, store }: Play, name: string, key: string): Promise<Found> {
  const versions = versionsOfStep(saga, name);
  const found = (await begunUnder(store, versions, ({ step }) => [step], key)) ?? versions[0];
  if (found === undefined) throw new AssertionError({ message: `Saga "${saga.name}" has no step "${name}".` });
  return { ...found, ...(await loadLedger(store, found.step, key)) };
}

/** Has a parked step tried again. */
export async function resume(play: Play, name: string, key: string): Promise<void> {
  await enterByHand(play, await findParked(play, name, key), RESUMED);
  play.wake(name, key);
}

/** Says what a parked step came to. */
export async function resolve(play: Play, name: string, key: string, outcome: NewEvent): Promise<void> {
  const event = await validateEvent(play.saga.events, outcome);
  await enterByHand(play, await findParked(play, name, key), RESOLVED, event);
}

async function findParked(play: Play, name: string, key: string): Promise<Found> {
  const found = await find(play, name, key);
  if (found.ledger.parked !== undefined) return found;
  throw new AssertionError({ message: `Step "${name}" of "${key}" is not parked.\n${play.timeline}` });
}

async function enterByHand({ store }: Play, found: Found, type: string, ...outcome: NewEvent[]): Promise<void> {
  const { saga: definition, ledger, position } = found;
  const cause = ledger.parked?.cause ?? ledger.started?.trigger ?? ledger.outcome;
  if (cause === undefined) return;
  const byHand = { type, data: { by: 'saga-fixture', reason: 'the test wants it' } };
  await enter(store, position, [byHand, ...outcome], metadataOf(definition, cause));
}
