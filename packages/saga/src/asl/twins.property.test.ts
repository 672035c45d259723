import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomesOf, type SagaOutcome } from '../diagrams/outcomes.js';
import { rehearse } from '../diagrams/rehearsal.js';
import { type AnySaga, buildSaga } from '../saga.js';
import { type AnyStep, producedBy } from '../step.js';
import { contract, pivot, retriable, step, trip } from '../trip.test.fixture.js';
import { all } from '../types.js';
import { type Call, runMachine, TaskError } from './run-machine.test.fixture.js';
import { toStateMachine } from './to-state-machine.js';

/* Any saga: steps on any steps before them, some of which other services run, joined by a pivot, and some that follow it. */

/** For each step before the pivot, which of those before it trigger it: none means the start. */
const graphs = fc
  .tuple(
    fc.array(fc.array(fc.nat(5), { maxLength: 2 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 0, max: 2 }),
    fc.boolean(),
    fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  )
  .map(([triggers, after, isCancellable, elsewhere]) => sagaOf(triggers, after, isCancellable, elsewhere));

function sagaOf(
  triggers: readonly (readonly number[])[],
  after: number,
  isCancellable: boolean,
  elsewhere: readonly boolean[],
): AnySaga {
  const ancestors = new Map<number, Set<number>>();
  const before = triggers.map((wanted, index) => {
    const candidates = [...new Set(wanted.filter((each) => each < index))];
    // A trigger that comes before another one says nothing, and is refused.
    const on = candidates.filter((each) => !candidates.some((other) => ancestors.get(other)?.has(each)));
    ancestors.set(index, new Set(on.flatMap((each) => [each, ...(ancestors.get(each) ?? [])])));
    // Another service is triggered by one event.
    const defined = elsewhere[index] && on.length < 2 ? ofService(`S${index}`) : step(`S${index}`, 'Placed');
    return { ...defined, on: onAll(on.map((each) => `S${each}Done`)) };
  });
  const last = before
    .map((_, index) => index)
    .filter((index) => ![...ancestors.values()].some((set) => set.has(index)));
  const afterwards = Array.from({ length: after }, (_, index) => retriable(`R${index}`, 'PDone'));
  const steps = [...before, { ...pivot('P', ''), on: onAll(last.map((index) => `S${index}Done`)) }, ...afterwards];
  const { events, key, start } = trip(steps.map((each) => ({ ...each, on: 'Placed' })).slice(0, 1), {
    types: [
      'Placed',
      'Stopped',
      'Completed',
      'Cancelled',
      ...steps.flatMap(({ fails = [], ...each }) => producedBy({ ...each, fails })),
    ],
  });
  const options = { name: 'any', version: 1, start, key, events, ...(isCancellable ? { cancel: 'Stopped' } : {}) };
  const done = afterwards.length === 0 ? ['PDone'] : afterwards.map(({ ok }) => ok);
  return buildSaga(options, steps, {
    done: { on: onAll(done), emit: 'Completed', data: ({ data }) => data },
    cancelled: { emit: 'Cancelled', data: (_cause, orderId) => ({ orderId }) },
  });
}

function ofService(name: string): AnyStep {
  const fail = ({ key }: { readonly key: string }) => ({ type: `${name}Failed`, data: { orderId: key } });
  return contract(name, 'Placed', { deadline: { after: '1h', fail } });
}

function onAll(types: readonly string[]): string | ReturnType<typeof all> {
  const [first = 'Placed', second, ...rest] = types;
  return second === undefined ? first : all(first, second, ...rest);
}

/** What is done, and what of it is undone, in a run of the state machine; and the state with which it ends. */
function orchestrated(saga: AnySaga, outcome: SagaOutcome) {
  const stands = new Set<string>();
  const isAbout = (name: string) => 'step' in outcome && outcome.step === name;
  const perform = ({ step: name, work }: Call) => {
    const definition = saga.steps.find((each) => each.name === name);
    if (work === 'cancelled') return outcome.kind === 'cancelled' && outcome.after !== 'PDone';
    if (work === 'undo') stands.delete(name);
    if (work === 'fail') return { type: definition?.fails.at(-1), data: {} };
    if (work !== 'run' && work !== 'ask') return {};
    if (isAbout(name) && outcome.kind === 'timedOut') throw new TaskError('States.Timeout');
    if (isAbout(name) && outcome.kind === 'failed') return { type: outcome.type, data: {} };
    stands.add(name);
    return { type: definition?.ok, data: {} };
  };
  const { last } = runMachine(toStateMachine(saga), { key: 'o1', start: { type: saga.start, data: {} } }, perform);
  return { end: last, stands: [...stands].sort() };
}

/** The same, of the choreography. */
async function choreographed(saga: AnySaga, outcome: SagaOutcome) {
  const scenes = await rehearse(saga, outcome);
  const recorded = scenes.flatMap((scene) => scene.recorded);
  const stands = saga.steps.filter(({ ok, undo }) => recorded.includes(ok) && !(undo && recorded.includes(undo.ok)));
  const end = scenes.flatMap(({ to, event }) => (to === 'outside' && event ? [event] : [])).at(-1);
  return { end, stands: stands.map(({ name }) => name).sort() };
}

test('A saga of any form ends as a state machine as it does as a choreography, and the same work stands', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (saga) => {
      for (const outcome of outcomesOf(saga)) {
        const twin = orchestrated(saga, outcome);
        expect(twin, JSON.stringify(outcome)).toEqual(await choreographed(saga, outcome));
        expect(twin.stands).toEqual(twin.end === 'Completed' ? saga.steps.map(({ name }) => name).sort() : []);
      }
    }),
    { numRuns: 30 },
  );
});
