import { compilePattern } from '@everfold/local';
import { describe, expect, test } from 'vitest';
import { purchase } from '../packages/saga/src/diagrams/purchase.test.fixture.js';
import { endPattern, stepPattern } from '../packages/saga/src/patterns.js';
import type { AnySaga } from '../packages/saga/src/saga.js';
import { withEarlier } from '../packages/saga/src/versions.js';
import { fulfilment } from '../samples/order-service/src/fulfilment.js';

/* The rules of a saga, held against the pattern matcher of the local bus: no package may know both. */

const SOURCE = 'shop';
const TIMER = 'SagaTimer';

interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
}

/** Everything that could come over the bus: the saga's own events, timers of its steps, answers and strangers. */
function traffic(saga: AnySaga): BusEvent[] {
  const definitions = [saga, ...(saga.earlier ?? [])];
  const types = new Set(definitions.flatMap(({ events }) => Object.keys(events)));
  const steps = new Set(definitions.flatMap((definition) => definition.steps.map(({ name }) => name)));
  const services = definitions.flatMap((definition) =>
    definition.steps.flatMap(({ contract }) => contract?.source ?? []),
  );
  const sources = new Set([SOURCE, 'stranger', ...services]);
  return [...sources].flatMap((source) => [
    ...[...types, 'Unheard'].map((type) => ({ source, 'detail-type': type, detail: { data: {} } })),
    ...[...steps, 'unknown'].flatMap((step) =>
      [saga.name, 'another'].map((name) => ({ source, 'detail-type': TIMER, detail: { saga: name, step } })),
    ),
  ]);
}

/** What the handler of a step is for, said in another way than the pattern. */
function isForStep(saga: AnySaga, name: string, { source, 'detail-type': type, detail }: BusEvent): boolean {
  return [saga, ...(saga.earlier ?? [])].some(({ steps }) => {
    const step = steps.find((each) => each.name === name);
    if (step === undefined) return false;
    const answers = [step.ok, ...step.fails, ...(step.undo ? [step.undo.ok] : [])];
    if (source === step.contract?.source) return answers.includes(type);
    if (source !== SOURCE) return false;
    if (type === TIMER)
      return 'saga' in detail && detail.saga === saga.name && 'step' in detail && detail.step === name;
    return step.on.includes(type) || step.undoneOn.includes(type);
  });
}

const renamed = {
  ...purchase,
  version: 3,
  steps: purchase.steps.map((step) => (step.name === 'ship' ? { ...step, on: ['PaymentSettled'] } : step)),
};

describe.each<[string, AnySaga]>([
  ['the saga of the order service', fulfilment],
  ['a saga that has everything', purchase],
  ['a saga that goes on with an earlier version', withEarlier(renamed, purchase)],
])('the rules of %s', (_which, saga) => {
  test.each(saga.steps.map(({ name }) => name))('let through to "%s" what is for it, and nothing else', (name) => {
    const matches = compilePattern(stepPattern(saga as AnySaga & { services?: Record<string, unknown> }, name, SOURCE));

    const through = traffic(saga).filter((event) => matches(event));
    expect(through).toEqual(traffic(saga).filter((event) => isForStep(saga, name, event)));
    expect(through.length).toBeGreaterThan(1);
  });

  test('let through to the end what it is done or cancelled upon, and nothing else', () => {
    const matches = compilePattern(endPattern(saga, SOURCE));

    const types = [...saga.end.done.on, ...saga.end.cancelled.on];
    expect(traffic(saga).filter((event) => matches(event))).toEqual(
      traffic(saga).filter(({ source, 'detail-type': type }) => source === SOURCE && types.includes(type)),
    );
  });
});
