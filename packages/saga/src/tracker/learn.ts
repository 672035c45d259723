import type { RecordedEvent } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import { definitionsOf } from '../versions.js';
import type { EventPlace, RunFacts } from './run-row.js';
import { stepAfter } from './step-row.js';

/* What an event teaches of a run. Streams are not ordered among each other: what several of them say is joined so that it comes
 * out the same in any order. Each step's ledger is one stream, and that is in order. */

/** An event of a run, and what it is in the run. */
export type Lesson =
  | { readonly kind: 'start' | 'cancel' | 'end'; readonly saga: AnySaga; readonly event: RecordedEvent }
  | { readonly kind: 'entry'; readonly saga: AnySaga; readonly event: RecordedEvent; readonly step: SagaStep };

/** What is known of a run after an event of it. @throws StreamCorruptedError when a ledger's entry cannot follow. */
export function learn(before: RunFacts | undefined, lesson: Lesson): RunFacts {
  const { event } = lesson;
  const { steps, lastAt, ...rest } = before ?? { steps: {}, lastAt: event.at };
  const facts: RunFacts = { ...rest, steps, lastAt: Date.parse(event.at) > Date.parse(lastAt) ? event.at : lastAt };
  switch (lesson.kind) {
    case 'start':
      return withStart(withVersion(facts, lesson.saga), event);
    case 'cancel':
      return withCancel(facts, event);
    case 'end': {
      const outcome = event.type === lesson.saga.end.done.emit ? 'completed' : 'cancelled';
      return { ...withVersion(facts, lesson.saga), outcome, endedAt: event.at };
    }
    case 'entry':
      return withEntry(withVersion(facts, lesson.saga), lesson.step, event);
  }
}

/** The definition that a run goes by, as far as that is known. */
export function definitionOf(saga: AnySaga, { version }: Pick<RunFacts, 'version'>): AnySaga {
  const definitions = definitionsOf(saga);
  return definitions.find((each) => each.version === version) ?? definitions.at(-1) ?? saga;
}

function withVersion(facts: RunFacts, { version }: AnySaga): RunFacts {
  return { ...facts, version: Math.max(version, facts.version ?? version) };
}

function withStart(facts: RunFacts, event: RecordedEvent): RunFacts {
  if (!isFirst(event, facts.startedAt, facts.start)) return facts;
  const { correlationId } = event.metadata;
  return { ...facts, start: placeOf(event), startedAt: event.at, correlationId };
}

function withCancel(facts: RunFacts, event: RecordedEvent): RunFacts {
  if (!isFirst(event, facts.cancelledAt, facts.cancel)) return facts;
  return { ...facts, cancel: placeOf(event), cancelledAt: event.at };
}

/** Somebody may start or cancel the same run twice: the first counts, and that of the two is the same wherever one looks from. */
function isFirst(event: RecordedEvent, at: string | undefined, place: EventPlace | undefined): boolean {
  const order = (when: string, { stream, version }: EventPlace) =>
    `${when} ${stream} ${String(version).padStart(16, '0')}`;
  return at === undefined || place === undefined || order(event.at, event) < order(at, place);
}

function withEntry(facts: RunFacts, step: SagaStep, event: RecordedEvent): RunFacts {
  const row = stepAfter(step, facts.steps[step.name], event);
  return row === undefined ? facts : { ...facts, steps: { ...facts.steps, [step.name]: row } };
}

function placeOf({ stream, version }: RecordedEvent): EventPlace {
  return { stream, version };
}
