import { InMemoryEventStore, type RecordedEvent, startOf } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { EMPTY, STARTED, TOMBSTONED } from '../ledger.js';
import { loadLedger } from '../loaded-ledger.js';
import type { AnySaga } from '../saga.js';
import { ledgerStream, type SagaStep } from '../step.js';
import { isAllTakenBack } from '../take-back.js';
import { gatherTriggers } from '../triggers.js';
import { OPEN } from './end-moves.js';
import { rulesWithout } from './guards.js';
import { afterEntries, type Entry, eventOf } from './ledger-states.js';
import { contract, inStore, outside, pivot, saga, wait } from './order.test.fixture.js';
import { UNTOUCHED } from './part.js';
import { gathered, localOf, obstacleTo, type SetOff, takesPart, type View } from './view.js';

/* The handlers read ledgers one by one from the store; the model sees all at once. They must see the same. */

const approved = (isNeeded: boolean) =>
  saga(
    'approved',
    [
      inStore('reserve', 'Placed'),
      wait('approve', 'reserveDone', { when: () => isNeeded }),
      outside('charge', { all: ['reserveDone', 'approveDone'] }),
      pivot('ship', 'chargeDone'),
    ],
    { cancel: 'Stopped' },
  );
const branched = saga('branched', [
  contract('rent', 'Placed'),
  inStore('hold', 'rentDone'),
  wait('sign', 'rentDone'),
  pivot('send', { all: ['holdDone', 'signDone'] }),
]);

/** Ways to what a ledger may come to. */
function histories({ work, effect, ok, fails: [failure = ''], undo }: SagaStep): readonly (readonly Entry[])[] {
  const start = work === 'run' && effect === 'store' ? [] : [{ type: STARTED }];
  if (undo?.ask !== undefined) {
    const asked = [[], [{ type: STARTED }], [{ type: STARTED }, { type: ok }]].map((before) => [
      ...before,
      { type: undo.ask ?? '' },
    ]);
    const answered = asked.map((before) => [...before, { type: undo.ok }]);
    return [[], [{ type: STARTED }], [{ type: STARTED }, { type: ok }], [{ type: failure }], ...asked, ...answered];
  }
  const undone = undo ? [[...start, { type: ok }, { type: undo.ok }]] : [];
  const barred = work === 'contract' ? [] : [[{ type: TOMBSTONED }]];
  return [[], [{ type: STARTED }], [...start, { type: ok }], [...start, { type: failure }], ...undone, ...barred];
}

/** All that the ledgers of a saga may come to together. */
function combinations(steps: readonly SagaStep[]): readonly (readonly (readonly Entry[])[])[] {
  const [first, ...rest] = steps;
  if (first === undefined) return [[]];
  const others = combinations(rest);
  return histories(first).flatMap((history) => others.map((more) => [history, ...more]));
}

async function storeOf({ steps }: AnySaga, ledgers: readonly (readonly Entry[])[]): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (const [index, step] of steps.entries()) {
    const events = (ledgers[index] ?? []).map(({ type }) => ({
      type,
      data: { trigger: eventOf('Placed'), orderId: 'o1' },
    }));
    const { metadata } = eventOf('');
    if (events.length > 0) await store.append({ after: startOf(ledgerStream(step, 'o1')), events, metadata });
  }
  return store;
}

function viewOf(explored: AnySaga, ledgers: readonly (readonly Entry[])[]): View {
  const { steps } = explored;
  const locals = steps.map((step, index) => {
    const ledger = afterEntries(step, EMPTY, ledgers[index] ?? []);
    return { ...UNTOUCHED, ledger: ledger ?? EMPTY };
  });
  const waiting = new Set(steps.filter(({ when }) => when?.(eventOf(''))));
  return { saga: explored, rules: rulesWithout(undefined, true), locals, ending: OPEN, isCancelled: false, waiting };
}

/** What the model makes of it, and which steps it bars on the way. */
function inModel(explored: AnySaga, ledgers: readonly (readonly Entry[])[], on: SetOff, cause: string) {
  const after = [...ledgers];
  while (true) {
    const obstacle = obstacleTo(viewOf(explored, after), on, cause);
    if (typeof obstacle !== 'object') return { isTakenBack: obstacle === undefined, ledgers: after };
    const index = explored.steps.indexOf(obstacle);
    after[index] = [...(after[index] ?? []), { type: TOMBSTONED }];
  }
}

async function statusesIn(store: InMemoryEventStore, { steps }: AnySaga): Promise<string[]> {
  const ledgers = await Promise.all(steps.map((step) => loadLedger(store, step, 'o1')));
  return ledgers.map(({ ledger }) => ledger.status);
}

describe.each([
  { name: 'with an approval', explored: approved(true) },
  { name: 'without an approval', explored: approved(false) },
  { name: 'with a contract and a wait', explored: branched },
])('a saga $name', ({ explored }) => {
  const { steps, start } = explored;
  const all = combinations(steps);

  test('takes back what the handlers take back, and bars what they bar', async () => {
    for (const step of [undefined, ...steps]) {
      const on = step ? { type: step.ok, isAtHand: true } : { type: start, isAtHand: false };
      const causes = step ? step.undoneOn : explored.end.cancelled.on;
      for (const cause of step?.undo || step === undefined ? causes : []) {
        for (const ledgers of all) {
          const store = await storeOf(explored, ledgers);
          const event: RecordedEvent = eventOf(on.type);
          const isTakenBack = await isAllTakenBack(
            store,
            explored,
            on.isAtHand ? event : on.type,
            eventOf(cause),
            'o1',
          );
          const model = inModel(explored, ledgers, on, cause);

          expect({ isTakenBack, statuses: await statusesIn(store, explored) }).toEqual({
            isTakenBack: model.isTakenBack,
            statuses: viewOf(explored, model.ledgers).locals.map(({ ledger }) => ledger.status),
          });
        }
      }
    }
  });

  test('finds together what the handlers find, whichever of the events is at hand', async () => {
    for (const step of steps.filter(({ on }) => on.length > 1)) {
      for (const ledgers of all) {
        const view = viewOf(explored, ledgers);
        const found = gathered(view, step.on);
        const isUndone = view.locals.some(({ ledger }) => ledger.status === 'undone');
        const store = await storeOf(explored, ledgers);
        for (const producer of steps.filter(({ ok }) => step.on.includes(ok))) {
          if (!takesPart(view, producer) || localOf(view, producer).ledger.outcome === undefined) continue;
          const event = { ...eventOf(producer.ok), data: { orderId: 'o1' } };
          const triggers = await gatherTriggers(store, explored, step, event, 'o1');
          const types = triggers?.map(({ type }) => type);

          // What was taken back since, a handler may have found before: the model goes by that.
          expect(types).toEqual(isUndone && types === undefined ? undefined : found);
        }
      }
    }
  });
});
