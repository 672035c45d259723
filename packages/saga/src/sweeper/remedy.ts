import type { Commit, EventStore } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import { ledgerStream, producedBy } from '../step.js';
import { type Happened, isAnswerAwaited, isEventAwaited, typesToTell } from '../tracker/due.js';
import { definitionOf } from '../tracker/learn.js';
import type { EventPlace } from '../tracker/run-row.js';
import type { SagaRun, TrackedStep } from '../tracker/saga-reader.js';

/* What may set a run going again. */

/** The steps whose timer, or whose call, did not come. A service that was asked to take its work back is asked again, by no timer. */
export function overdueSteps({ steps }: SagaRun, nowMs: number): readonly TrackedStep[] {
  const isPast = (time: string | undefined) => time !== undefined && Date.parse(time) <= nowMs;
  return steps.filter((step) => isPast(isAnswerAwaited(step) ? step.deadline : step.due));
}

/** Whether it is for want of an event that a run is stuck. */
export function isForWantOfAnEvent(saga: AnySaga, run: SagaRun, nowMs: number): boolean {
  return overdueSteps(run, nowMs).length === 0 || isEventAwaited(definitionOf(saga, run), happenedIn(run), run.status);
}

/** Reads the commits of the events that have still to take effect. Costs one Query for each stream that has one. */
export async function commitsToTell(
  saga: AnySaga,
  run: SagaRun,
  store: Pick<EventStore, 'read'>,
): Promise<readonly Commit[]> {
  const definition = definitionOf(saga, run);
  const types = typesToTell(definition, happenedIn(run), run.status);
  const commits: Commit[] = [];
  for (const [type, place] of [
    [definition.start, run.start],
    [definition.cancel, run.cancel],
  ] as const) {
    if (type === undefined || place === undefined || !types.includes(type)) continue;
    commits.push(...(await commitAt(store, place)));
  }
  for (const step of definition.steps) {
    const own = producedBy(step).filter((type) => types.includes(type));
    if (own.length === 0) continue;
    for await (const commit of store.read(ledgerStream(step, run.key))) {
      if (commit.events.some(({ type }) => own.includes(type))) commits.push(commit);
    }
  }
  return [...new Map(commits.map((commit) => [commit.id, commit])).values()];
}

/** Backwards from its version, the commit of an event is the first, wherever in it the event stands. */
async function commitAt(store: Pick<EventStore, 'read'>, { stream, version }: EventPlace): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of store.read(stream, { upTo: version, backward: true, limit: 1 })) commits.push(commit);
  return commits;
}

function happenedIn({ start, cancel, steps }: SagaRun): Happened {
  const begun = steps.filter(({ status, asked }) => status !== 'empty' || asked !== undefined);
  return {
    ...(start === undefined ? {} : { start }),
    ...(cancel === undefined ? {} : { cancel }),
    steps: Object.fromEntries(begun.map((step) => [step.name, step])),
  };
}
