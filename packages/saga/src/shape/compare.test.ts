import { defineEvents, evolving } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { purchase } from '../diagrams/purchase.test.fixture.js';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import { type Change, compareShapes } from './compare.js';
import { shapeOf } from './shape.js';

/** The saga with some of a step replaced. */
function withStep(name: string, more: Partial<SagaStep>): AnySaga {
  return { ...purchase, steps: purchase.steps.map((step) => (step.name === name ? { ...step, ...more } : step)) };
}

function withEvent(type: string, schema: AnySaga['events'][string]): AnySaga {
  return { ...purchase, events: defineEvents({ ...purchase.events, [type]: schema }) };
}

function changesOf(after: AnySaga, before: AnySaga = purchase): Change[] {
  return compareShapes(shapeOf(before), shapeOf(after));
}

const { CancelRequested: _removed, ...withoutCancelRequested } = purchase.events;
const { cancel: _cancel, ...uncancelled } = purchase;
const step = (name: string) => purchase.steps.find((each) => each.name === name) as SagaStep;
const { undo: _undo, ...withoutUndo } = step('charge');
const { deadline: _deadline, ...withoutDeadline } = step('book');
const order = z.object({ orderId: z.string() });

describe('compareShapes', () => {
  test('finds nothing where nothing has changed', () => {
    expect(changesOf({ ...purchase })).toEqual([]);
  });

  test('finds nothing where the version is raised: runs end under the version that they began under', () => {
    expect(changesOf({ ...purchase, version: 3, key: 'id' })).toEqual([]);
  });

  test('names the value that was, the value that is, and the remedy', () => {
    expect(changesOf(withStep('charge', { ledger: 'payments' }))).toEqual([
      {
        severity: 'breaking',
        at: 'steps.charge.ledger',
        message:
          'Step "charge" changes where its ledger is: it was "purchase.charge" and is "payments". ' +
          'Raise the version, and keep the old definition by withEarlier until its last run has ended.',
      },
    ]);
  });

  test.each<[string, AnySaga, string]>([
    ['another name', { ...purchase, name: 'sale' }, 'saga'],
    ['another key', { ...purchase, key: 'id' }, 'key'],
    ['another start', { ...purchase, start: 'StockReserved' }, 'start'],
    ['another cancellation', { ...purchase, cancel: 'StopRequested' }, 'cancel'],
    ['no cancellation', uncancelled, 'cancel'],
    ['fewer hops', { ...purchase, maxHops: 50 }, 'maxHops'],
    ['an event removed', { ...purchase, events: withoutCancelRequested }, 'events.CancelRequested'],
    ['a step removed', { ...purchase, steps: purchase.steps.slice(0, -1) }, 'steps.notify'],
    ['a step renamed', withStep('notify', { name: 'tell' }), 'steps.notify'],
    ['a step added', { ...purchase, steps: [...purchase.steps, { ...step('notify'), name: 'rate' }] }, 'steps.rate'],
    ['the pivot moved', withStep('ship', { kind: 'compensatable' }), 'steps.ship.kind'],
    ['work done by another', withStep('book', { work: 'run' }), 'steps.book.work'],
    ['another trigger', withStep('charge', { on: ['StockReserved'] }), 'steps.charge.on'],
    ['another first trigger', withStep('charge', { on: [...step('charge').on].reverse() }), 'steps.charge.on'],
    ['another success', withStep('ship', { ok: 'Shipped' }), 'steps.ship.ok'],
    ['a failure removed', withStep('ship', { fails: [] }), 'steps.ship.fails'],
    ['an undo removed', { ...purchase, steps: [withoutUndo] }, 'steps.charge.undo'],
    ['another compensation', withStep('book', { undo: { ok: 'TruckSentBack' } }), 'steps.book.undo'],
    [
      'a service asked otherwise',
      withStep('book', { undo: { ...step('book').undo, ask: 'Lost' } as never }),
      'steps.book.ask',
    ],
    ['less that it is undone upon', withStep('charge', { undoneOn: [] }), 'steps.charge.undoneOn'],
    ['another effect', withStep('reserve', { effect: 'outside' }), 'steps.reserve.effect'],
    ['a wait in every run', withStep('approve', { when: undefined } as object), 'steps.approve.isOptional'],
    ['another source', withStep('book', { contract: { source: 'trucks' } }), 'steps.book.source'],
    ['no way to give up', withStep('charge', { deadline: { afterMs: 900_000 } }), 'steps.charge.deadline'],
    ['no deadline', { ...purchase, steps: [withoutDeadline] }, 'steps.book.deadline'],
    ['a later end', withEnd({ done: { ...purchase.end.done, on: ['StockIssued'] } }), 'end.done.on'],
    ['another end', withEnd({ done: { ...purchase.end.done, emit: 'Done' } }), 'end.done.emit'],
    [
      'another cancelled end',
      withEnd({ cancelled: { ...purchase.end.cancelled, emit: 'Void' } }),
      'end.cancelled.emit',
    ],
    ['less to be cancelled upon', withEnd({ cancelled: { ...purchase.end.cancelled, on: [] } }), 'end.cancelled.on'],
    ['ends elsewhere', withEnd({ ledger: 'ends' }), 'end.ledger'],
    ['data narrowed', withEvent('OrderApproved', order.extend({ by: z.string() })), 'events.OrderApproved'],
    ['data dropped', withEvent('PaymentCaptured', order), 'events.PaymentCaptured'],
    ['data that says nothing', withEvent('OrderApproved', order.extend({ at: z.date() })), 'events.OrderApproved'],
  ])('calls %s breaking', (_what, after, at) => {
    expect(changesOf(after)).toContainEqual(
      expect.objectContaining({ severity: 'breaking', at, message: expect.stringContaining('Raise the version') }),
    );
  });

  test.each<[string, AnySaga, string]>([
    ['other retries', withStep('charge', { retry: { attempts: 2, firstMs: 1, longestMs: 1 } }), 'steps.charge.retry'],
    ['a longer deadline', withStep('book', { deadline: { afterMs: 7_200_000 } }), 'steps.book.deadline'],
    ['a further failure', withStep('ship', { fails: ['ShippingFailed', 'Lost'] }), 'steps.ship.fails'],
    ['another participant', withStep('notify', { by: 'letters' }), 'steps.notify.by'],
    ['more hops', { ...purchase, maxHops: 200 }, 'maxHops'],
    ['more time', { ...purchase, withinMs: 1 }, 'withinMs'],
    ['a new event', withEvent('Lost', order), 'events.Lost'],
    [
      'a new optional field',
      withEvent('OrderApproved', order.extend({ by: z.string().optional() })),
      'events.OrderApproved',
    ],
    [
      'a new revision',
      withEvent('OrderApproved', evolving(order.extend({ by: z.string() }), { revision: 2, upcast: { 1: upcast } })),
      'events.OrderApproved',
    ],
  ])('calls %s compatible', (_what, after, at) => {
    expect(changesOf(after)).toEqual([expect.objectContaining({ severity: 'compatible', at })]);
  });

  test('calls a cancellation where there was none compatible', () => {
    expect(changesOf(purchase, uncancelled)).toEqual([
      expect.objectContaining({ severity: 'compatible', at: 'cancel' }),
    ]);
  });

  test('calls an earlier revision of an event breaking', () => {
    const before = withEvent(
      'OrderApproved',
      evolving(order, { revision: 2, upcast: { 1: (data: object) => data as never } }),
    );

    expect(changesOf(purchase, before)).toEqual([
      expect.objectContaining({ severity: 'breaking', at: 'events.OrderApproved' }),
    ]);
  });

  test('passes over the order of triggers that are not the first', () => {
    const [first = '', second = '', third = ''] = step('charge').on;

    expect(changesOf(withStep('charge', { on: [first, third, second] }))).toEqual([]);
  });
});

function upcast(data: { orderId: string }) {
  return { ...data, by: 'unknown' };
}

function withEnd(more: Partial<AnySaga['end']>): AnySaga {
  return { ...purchase, end: { ...purchase.end, ...more } };
}
