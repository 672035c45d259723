import { isEverfoldError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import type { AnySaga } from '../saga.js';
import { contractSaga } from './contract-saga.js';
import { exploreSaga } from './explore.js';
import { fanOutSaga } from './fan-out-saga.js';
import { GUARDS, type Guard } from './guards.js';
import { contract, inStore, order, outside, pivot, saga, wait } from './order.test.fixture.js';
import { formatTrace } from './trace.js';

/** The saga with another list of events upon which one of its steps is undone. */
function undoneOn(defined: AnySaga, name: string, types: readonly string[]): AnySaga {
  const steps = defined.steps.map((step) => (step.name === name ? { ...step, undoneOn: types } : step));
  return { ...defined, steps };
}

describe('a saga with all its guards', () => {
  test.each([
    { shape: 'an approval in some runs, and a cancellation', explored: order },
    { shape: 'two branches that are joined', explored: fanOutSaga },
    {
      shape: 'a wait beside a step, with no pivot',
      explored: saga('beside', [wait('approve', 'Placed'), outside('charge', 'Placed')], {
        doneOn: { all: ['approveDone', 'chargeDone'] },
      }),
    },
    {
      shape: 'a wait upon which two steps follow',
      explored: saga(
        'through',
        [
          inStore('reserve', 'Placed'),
          wait('approve', 'reserveDone'),
          outside('charge', 'approveDone'),
          inStore('pack', 'approveDone'),
          pivot('ship', { all: ['chargeDone', 'packDone'] }),
        ],
        { cancel: 'Stopped' },
      ),
    },
    {
      shape: 'a pivot that can be given up',
      explored: saga(
        'timed',
        [
          inStore('reserve', 'Placed'),
          pivot('ship', 'reserveDone', { timeout: { after: '1h', fail: async () => ({ type: '', data: {} }) } }),
        ],
        { cancel: 'Stopped' },
      ),
    },
    {
      shape: 'a step that another service runs',
      explored: contractSaga,
    },
    {
      shape: 'two steps that other services run, one after the other, and a step beside them',
      explored: saga(
        'chain',
        [
          contract('rent', 'Placed'),
          contract('pack', 'rentDone'),
          inStore('hold', 'Placed'),
          pivot('ship', { all: ['packDone', 'holdDone'] }),
        ],
        { cancel: 'Stopped' },
      ),
    },
  ])('of $shape holds', ({ explored }) => {
    const { violation, states, transitions } = exploreSaga(explored);

    expect(violation && formatTrace(violation)).toBeUndefined();
    expect(states).toBeGreaterThan(50);
    expect(transitions).toBeGreaterThan(states);
  });
});

describe('a saga without its', () => {
  const problems: Readonly<Record<Guard, string>> = {
    'optimistic lock': 'what reserve does in the store was done 2 times',
    fence: 'the ledger of charge is ok, and what charge has the provider do under order/charge/o1 does not stand',
    tombstone: 'Cancelled is recorded, and what reserve does in the store stands',
    'provider key': 'what charge has the provider do under order/charge/o1 was done 2 times',
    'provider cancel':
      'the ledger of charge is failed, and what charge has the provider do under order/charge/o1 stands',
    'terminal guard': 'the saga has ended more than once, with Cancelled and then Cancelled',
    undo: 'the ledger of reserve is undone, and what reserve does in the store stands',
    ask: 'OrderCompleted is recorded, and what book has the provider do under contract/book/o1 does not stand',
  };

  test.each(GUARDS)('%s breaks', (without) => {
    const { violation } = exploreSaga(without === 'ask' ? contractSaga : order, { without });

    expect(violation?.problem).toBe(problems[without]);
  });

  test('fence says how, on a shortest way', () => {
    const { violation } = exploreSaga(fanOutSaga, { without: 'fence' });

    expect(violation && formatTrace(violation)).toBe(
      [
        '1. OrderPlaced is recorded',
        '2. charge (worker 1), upon OrderPlaced: records its start',
        '3. charge (worker 1), upon OrderPlaced: the provider does the work under fanOut/charge/o1',
        '4. charge (worker 2), upon OrderPlaced: reads its ledger, which is started; it gives up, for its time is over, and records no fence',
        '5. charge (worker 1): records PaymentCaptured',
        '6. charge: a request that was on its way arrives: the provider makes fanOut/charge/o1 void',
        '   Broken: the ledger of charge is ok, and what charge has the provider do under fanOut/charge/o1 does not stand.',
      ].join('\n'),
    );
  });
});

describe('a definition that is wrong', () => {
  test('is found when a branch is not undone upon the failure of the other', () => {
    const { violation } = exploreSaga(undoneOn(fanOutSaga, 'charge', []));

    expect(violation?.problem).toBe('the saga cannot end from here, even when nothing goes wrong any more');
    expect(violation?.trace.slice(1)).toEqual([
      'reserve (worker 1), upon OrderPlaced: records InventoryRejected',
      'charge (worker 1), upon OrderPlaced: records its start',
      'charge (worker 1), upon OrderPlaced: the provider does the work under fanOut/charge/o1',
      'charge (worker 1): records PaymentCaptured',
    ]);
  });

  test('is found when it is called completed before all is done', () => {
    const { end } = fanOutSaga;
    const { violation } = exploreSaga({
      ...fanOutSaga,
      end: { ...end, done: { ...end.done, on: ['PaymentCaptured'] } },
    });

    expect(violation?.problem).toBe('OrderCompleted is recorded, and what reserve does in the store does not stand');
    expect(violation?.trace.at(-1)).toBe('end (worker 1): records OrderCompleted');
  });
});

test('a saga with more states than are allowed for is given up', () => {
  const explore = () => exploreSaga(order, { maxStates: 100 });

  expect(explore).toThrow('Saga "order" has more than 100 states.');
  try {
    explore();
  } catch (error) {
    expect(isEverfoldError(error, 'TOO_MANY_STATES')).toBe(true);
  }
});
