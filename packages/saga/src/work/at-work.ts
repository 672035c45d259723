import { type Decision, encodeEvent, type NewEvent, type RecordedEvent, systemClock } from '@everfold/core';
import { metadataOf, readAgain } from '../context.js';
import { STARTED, type Started } from '../ledger.js';
import { enter as enterLedger, type LoadedLedger, loadLedger } from '../loaded-ledger.js';
import { type SagaPorts, tell } from '../ports.js';
import { idempotencyKeyOf, ledgerStream } from '../step.js';
import type { RunInput, StepContext } from '../types.js';
import type { StepVersion } from '../versions.js';

/** One step of one version of a saga, and what it works with. */
export interface StepRun extends StepVersion {
  readonly ports: SagaPorts;
  /** What the step's functions need. */
  readonly services: unknown;
}

interface Triggered {
  /** All that triggered it, the first of the definition first, where that is known. */
  readonly triggers?: readonly RecordedEvent[] | undefined;
}

/** A step at work for one key, with its ledger as it stands. */
export interface AtWork extends StepRun, LoadedLedger, Triggered {
  readonly key: string;
  /** The event because of which it acts: the metadata of what it records comes from there. */
  readonly cause: RecordedEvent;
}

/** Reads the step's ledger. Costs one Query. */
export function load({ ports, step }: StepRun, key: string): Promise<LoadedLedger> {
  return loadLedger(ports.store, step, key);
}

/** The same step, with its ledger as it stands now. Costs one Query. */
export async function reloaded(at: AtWork): Promise<AtWork> {
  return { ...at, ...(await load(at, at.key)) };
}

/** Writes entries that are private to the ledger. Costs one PutItem. @returns The step after them. @throws ConflictError */
export async function enter(at: AtWork, ...entries: readonly NewEvent[]): Promise<AtWork> {
  const position = await enterLedger(at.ports.store, at.position, entries, metadataOf(at.saga, at.cause));
  tellOf(at, entries);
  return { ...at, position };
}

/** Writes an outcome together with its decisions. Costs one PutItem, or one transaction. @throws ConflictError */
export async function record(at: AtWork, event: NewEvent, decisions: readonly Decision[] = []): Promise<void> {
  const metadata = metadataOf(at.saga, at.cause);
  await at.ports.store.transact([
    { after: at.position, events: [event], metadata },
    ...decisions.map((decision) => ({ ...decision, metadata })),
  ]);
  tellOf(at, [event]);
}

function tellOf(at: AtWork, entries: readonly NewEvent[]): void {
  for (const { type, data } of entries) tell(at.ports.onEntry, { ...subjectOf(at), type, data });
}

/** Has a timer bring the step back. Costs one request of the timers' service. @param due - ISO 8601. */
export function remind(at: AtWork, due: string): Promise<void> {
  return at.ports.timers.set({ ...subjectOf(at), at: due });
}

/** Whom notices and timers are about. */
function subjectOf({ saga, step, key }: AtWork): {
  readonly saga: string;
  readonly step: string;
  readonly key: string;
} {
  return { saga: saga.name, step: step.name, key };
}

/** Milliseconds since 1970. */
export function nowMs({ ports: { clock = systemClock } }: StepRun): number {
  return clock.now();
}

/** A time from now, ISO 8601. */
export function isoIn(at: StepRun, ms: number): string {
  return new Date(nowMs(at) + ms).toISOString();
}

/** The entry with which the step begins. */
export function startEntry(at: AtWork): { readonly type: string; readonly data: Started } {
  const [trigger, ...others] = triggersOf(at);
  const { deadline } = at.step;
  return {
    type: STARTED,
    data: {
      trigger: encoded(at, trigger),
      ...(others.length > 0 && { with: others.map((event) => encoded(at, event)) }),
      ...(deadline && { deadline: isoIn(at, deadline.afterMs) }),
    },
  };
}

/** An event in the form in which it is recorded. */
export function encoded({ saga }: StepRun, event: RecordedEvent): RecordedEvent {
  return { ...event, ...encodeEvent(saga.events, event) };
}

/** An event of the ledger as its definition reads it now. */
export function decoded<TEvent extends NewEvent>({ saga, step, key }: AtWork, event: TEvent): Promise<TEvent> {
  return readAgain(saga, event, ledgerStream(step, key));
}

/** What all of the step's functions are given. */
export function contextOf({ saga, step, key }: AtWork): StepContext {
  return { key, idempotencyKey: idempotencyKeyOf(saga.name, step.name, key) };
}

/** What `run` is given, and `fail`. All attempts act on what the first one was given: they have one idempotency key. */
export async function inputOf(at: AtWork): Promise<RunInput<RecordedEvent>> {
  const { started } = at.ledger;
  const recorded = started && [started.trigger, ...(started.with ?? [])];
  const triggers = triggersOf({
    triggers: recorded ? await Promise.all(recorded.map((event) => decoded(at, event))) : at.triggers,
  });
  const events = Object.fromEntries(triggers.map((each) => [each.type, each]));
  return { event: triggers[0], events, ...contextOf(at) };
}

function triggersOf({ triggers = [] }: Triggered): readonly [RecordedEvent, ...RecordedEvent[]] {
  const [first, ...others] = triggers;
  if (first === undefined) throw new Error('A step acts upon an event.');
  return [first, ...others];
}
