import type { RecordedEvent } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerStatus } from './ledger.js';
import { afterFailure, type Reaction, react, type Stimulus } from './reaction.js';
import type { AnySaga } from './saga.js';
import type { SagaStep } from './step.js';
import { contract, pivot, retriable, step, trip } from './trip.test.fixture.js';

const NOW = Date.parse('2026-01-02T00:00:00.000Z');
const later = new Date(NOW + 1_000).toISOString();
const sooner = new Date(NOW - 1_000).toISOString();

const saga = trip([
  step('Charge', 'Placed'),
  step('Hold', 'ChargeDone', { effect: 'store', timeout: undefined as never }),
  { ...step('Ask', 'HoldDone'), kind: 'wait', run: undefined as never, undo: undefined as never },
  contract('Insure', 'AskDone', {
    deadline: { after: '1h', fail: ({ key }) => ({ type: 'InsureFailed', data: { orderId: key } }) },
  }),
  pivot('Ship', 'InsureDone'),
  retriable('Thank', 'ShipDone'),
]);

function stepOf({ steps }: AnySaga, name: string): SagaStep {
  return steps.find((each) => each.name === name) ?? expect.unreachable();
}

const ledgerOf = (status: LedgerStatus, more: Partial<Ledger> = {}): Ledger => ({ status, ...more });
const started = (deadline: string): Ledger =>
  ledgerOf('started', { started: { trigger: {} as RecordedEvent, deadline } });
const doOf = (name: string, ledger: Ledger, stimulus: Stimulus): Reaction['do'] =>
  react(stepOf(saga, name), ledger, stimulus, NOW).do;

describe('what reaches a step', () => {
  test.each<[string, Stimulus, Partial<Record<LedgerStatus, Reaction['do']>>]>([
    ['Charge', 'trigger', { empty: 'start', started: 'run', fenced: 'fail' }],
    ['Charge', 'compensation', { empty: 'tombstone', started: 'fence', fenced: 'fail', ok: 'undo' }],
    ['Charge', 'timer', { started: 'run', fenced: 'fail' }],
    ['Hold', 'trigger', { empty: 'run', started: 'run' }],
    ['Hold', 'compensation', { empty: 'tombstone', started: 'tombstone', ok: 'undo' }],
    ['Ask', 'trigger', { empty: 'wait' }],
    ['Ask', 'compensation', { empty: 'tombstone', started: 'fail' }],
    ['Insure', 'trigger', { empty: 'wait', fenced: 'fail' }],
    ['Insure', 'compensation', { empty: 'ask', started: 'ask', fenced: 'fail', ok: 'ask' }],
    ['Insure', 'timer', { fenced: 'fail' }],
    ['Ship', 'trigger', { empty: 'start', started: 'run' }],
    ['Ship', 'compensation', { empty: 'tombstone' }],
    ['Thank', 'trigger', { empty: 'start', started: 'run' }],
  ])('%s, by a %s', (name, stimulus, expected) => {
    const statuses: readonly LedgerStatus[] = ['empty', 'started', 'ok', 'failed', 'undone', 'tombstone'];
    for (const status of name === 'Charge' || name === 'Insure' ? [...statuses, 'fenced' as const] : statuses) {
      expect([status, doOf(name, ledgerOf(status), stimulus)]).toEqual([status, expected[status] ?? 'nothing']);
    }
  });
});

describe('time', () => {
  test('gives up at its deadline what was started, whatever brings it back', () => {
    for (const stimulus of ['trigger', 'timer'] as const) {
      expect(react(stepOf(saga, 'Charge'), started(sooner), stimulus, NOW)).toEqual({ do: 'fence', why: 'timeout' });
      expect(react(stepOf(saga, 'Ask'), started(sooner), stimulus, NOW)).toEqual({ do: 'fail', why: 'timeout' });
    }
    expect(doOf('Charge', started(later), 'trigger')).toBe('run');
  });

  test('parks what another service was to answer, and cannot be made void', () => {
    const { fail: _fail, ...deadline } = stepOf(saga, 'Insure').deadline ?? expect.unreachable();

    expect(react({ ...stepOf(saga, 'Insure'), deadline }, started(sooner), 'timer', NOW).do).toBe('park');
  });

  test.each(['Ask', 'Insure'])('reminds %s of its deadline when it comes back too soon', (name) => {
    expect(react(stepOf(saga, name), started(later), 'timer', NOW)).toEqual({ do: 'remind', at: later });
    expect(react(stepOf(saga, name), started(later), 'trigger', NOW)).toEqual({ do: 'remind', at: later });
  });

  test('lies between two attempts: nothing but a compensation of what is at work comes before the next', () => {
    const attempts = { work: 'run', failed: 1, next: later, error: { name: 'Error', message: '' } } as const;
    const waiting = ledgerOf('started', { attempts });

    expect(react(stepOf(saga, 'Charge'), waiting, 'trigger', NOW)).toEqual({ do: 'remind', at: later });
    expect(react(stepOf(saga, 'Charge'), waiting, 'timer', NOW + 1_000)).toEqual({ do: 'run' });
    expect(react(stepOf(saga, 'Charge'), waiting, 'compensation', NOW)).toEqual({ do: 'fence', why: 'compensation' });
  });

  test('brings an undo back only where one was begun', () => {
    const attempts = { work: 'undo', failed: 1, next: sooner, error: { name: 'Error', message: '' } } as const;

    expect(doOf('Charge', ledgerOf('ok', { attempts }), 'timer')).toBe('undo');
    expect(doOf('Charge', ledgerOf('ok'), 'timer')).toBe('nothing');
  });
});

describe('another service', () => {
  test('is asked once to take its work back', () => {
    for (const status of ['empty', 'started', 'ok'] as const)
      expect(doOf('Insure', ledgerOf(status, { asked: sooner }), 'compensation')).toBe('nothing');
  });

  test('that was asked may still hear of its trigger, and keeps its deadline', () => {
    expect(doOf('Insure', ledgerOf('empty', { asked: sooner }), 'trigger')).toBe('wait');
    expect(doOf('Insure', { ...started(sooner), asked: sooner }, 'timer')).toBe('fence');
  });

  test('is not asked after the pivot, nor to undo the pivot: nothing before them is taken back then', () => {
    for (const kind of ['pivot', 'retriable'] as const) {
      const { undo: _undo, ...insure } = stepOf(saga, 'Insure');
      expect(react({ ...insure, kind }, started(later), 'compensation', NOW).do).toBe('nothing');
    }
  });
});

test('a parked step waits for somebody, whatever reaches it', () => {
  for (const stimulus of ['trigger', 'compensation', 'timer'] as const) {
    expect(doOf('Charge', { ...started(sooner), parked: { work: 'run', reason: '' } }, stimulus)).toBe('nothing');
  }
});

test('a parked step that acts in the store is barred when it is not wanted any more: nothing of it is under way', () => {
  const parked = { ...started(later), parked: { work: 'run', reason: '' } } as const;

  expect(doOf('Hold', parked, 'compensation')).toBe('tombstone');
  expect(doOf('Hold', parked, 'trigger')).toBe('nothing');
});

test('a service for whose answer somebody was called is asked all the same, once', () => {
  const parked = { ...started(later), parked: { work: 'run', reason: '' } } as const;

  expect(doOf('Insure', parked, 'compensation')).toBe('ask');
  expect(doOf('Insure', { ...parked, asked: sooner }, 'compensation')).toBe('nothing');
});

describe('an attempt that failed', () => {
  test('is followed by another, until there were as many as the policy has', () => {
    expect(afterFailure(stepOf(saga, 'Charge'), ledgerOf('started'), 4)).toBe('again');
    expect(afterFailure(stepOf(saga, 'Charge'), ledgerOf('started'), 5)).toBe('fence');
  });

  test('parks at last what cannot be made void', () => {
    expect(afterFailure(stepOf(saga, 'Ship'), ledgerOf('started'), 5)).toBe('park');
    expect(afterFailure(stepOf(saga, 'Charge'), ledgerOf('fenced'), 5)).toBe('park');
    expect(afterFailure(stepOf(saga, 'Charge'), ledgerOf('ok'), 5)).toBe('park');
  });
});
