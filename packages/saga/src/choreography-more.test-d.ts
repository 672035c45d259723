import { defineEvents, type RecordedEvent } from '@everfold/core';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { choreography } from './choreography.js';
import { all, type FailReason } from './types.js';

/* Compiled, not run: joins, waits, cancellation and contracts. Each part below is right; a refusal spoils one. */

const order = z.object({ orderId: z.string() });
const events = defineEvents({
  Placed: order.extend({ cents: z.number() }),
  Stopped: order,
  Held: order.extend({ shelf: z.string() }),
  SoldOut: order,
  Released: order,
  Approved: order.extend({ by: z.string() }),
  Refused: order,
  Charged: order.extend({ chargeId: z.string() }),
  Declined: order,
  Refunded: order,
  Sent: order,
  Lost: order,
  Thanked: order,
  Rated: order,
  Completed: order,
  Cancelled: order,
});
const options = { name: 'shop', version: 1, start: 'Placed', key: 'orderId', events, cancel: 'Stopped' } as const;
const orderId = 'o1';
const held = { type: 'Held', data: { orderId, shelf: 's' } } as const;
const released = { type: 'Released', data: { orderId } } as const;
const charged = { type: 'Charged', data: { orderId, chargeId: 'c' } } as const;
const refunded = { type: 'Refunded', data: { orderId } } as const;
const declined = { type: 'Declined', data: { orderId } } as const;
const refused = { type: 'Refused', data: { orderId } } as const;

const hold = {
  by: 'inventory',
  effect: 'store',
  on: 'Placed',
  ok: 'Held',
  fails: ['SoldOut'],
  run: async () => held,
  undo: { ok: 'Released', run: async () => released },
} as const;
const approve = {
  by: 'sales',
  on: 'Held',
  ok: 'Approved',
  fails: ['Refused'],
  deadline: { after: '2d', fail: () => refused },
} as const;
const charge = {
  by: 'payment',
  on: all('Held', 'Approved'),
  ok: 'Charged',
  fails: ['Declined'],
  run: async () => charged,
  undo: { ok: 'Refunded', run: async () => refunded },
  timeout: { after: '15m', fail: async () => declined },
} as const;

const begun = choreography(options);
const helds = begun.step('hold', hold);
const approved = helds.waitWhen('approve', { ...approve, when: (event) => event.data.shelf === 'top' });
const chargeds = approved.step('charge', charge);

// A cancellation is produced outside, and is nobody's outcome.
{
  // @ts-expect-error it is the start
  choreography({ ...options, cancel: 'Placed' });
  // @ts-expect-error there is no Halted
  choreography({ ...options, cancel: 'Halted' });
  // @ts-expect-error the cancellation is there before any step
  begun.step('hold', { ...hold, ok: 'Stopped' });
  // @ts-expect-error nothing is triggered by it
  begun.step('hold', { ...hold, on: 'Stopped' });
}

// A join is of what steps before it succeed with, and is given all of it.
helds.waitWhen('approve', { ...approve, when: () => true }).step('charge', {
  ...charge,
  run: async ({ event, events }) => {
    expectTypeOf(event).toEqualTypeOf<RecordedEvent<'Held', { orderId: string; shelf: string }>>();
    expectTypeOf(events.Held).toEqualTypeOf<typeof event>();
    expectTypeOf(events.Approved).toEqualTypeOf<
      RecordedEvent<'Approved', { orderId: string; by: string }> | undefined
    >();
    return charged;
  },
  timeout: {
    after: '15m',
    fail: async ({ why, events }) => {
      expectTypeOf(why).toEqualTypeOf<FailReason>();
      expectTypeOf(events.Approved?.data.by).toEqualTypeOf<string | undefined>();
      return declined;
    },
  },
});
helds.wait('approve', approve).step('charge', {
  ...charge,
  on: 'Approved',
  run: async ({ event }) => {
    expectTypeOf(event.data).toEqualTypeOf<{ orderId: string; by: string }>();
    return charged;
  },
});
{
  // @ts-expect-error nobody has approved yet
  helds.step('charge', charge);
  // @ts-expect-error upon a failure there is only compensation
  approved.step('charge', { ...charge, on: all('Held', 'SoldOut') });
  // @ts-expect-error one is not several
  all('Held');
  // @ts-expect-error what is optional may never happen
  approved.step('charge', { ...charge, on: 'Approved' });
  // @ts-expect-error it is decided on the event, and that has no amount
  helds.waitWhen('approve', { ...approve, when: (event) => event.data.cents > 1 });
  // @ts-expect-error who waits does nothing
  helds.wait('approve', { ...approve, run: async () => refused });
  // @ts-expect-error nor is anything undone
  helds.wait('approve', { ...approve, undo: { ok: 'Released', run: async () => released } });
  const { deadline: _deadline, ...endless } = approve;
  // @ts-expect-error nobody waits for ever
  helds.wait('approve', endless);
  // @ts-expect-error in vain it comes to a failure
  helds.wait('approve', { ...approve, deadline: { after: '2d', fail: () => held } });
}

// Another service's step is run and undone elsewhere.
const asking = choreography({
  ...options,
  events: { ...events, RefundAsked: order.extend({ chargeId: z.string().optional() }) },
}).step('hold', hold);
const contract = {
  by: 'payment',
  source: 'bank',
  on: 'Held',
  ok: 'Charged',
  fails: ['Declined'],
  undo: { ask: 'RefundAsked', data: () => ({ orderId }), ok: 'Refunded' },
  deadline: { after: '1d' },
} as const;
asking.contract('charge', contract);
asking.contract('charge', {
  ...contract,
  undo: {
    ...contract.undo,
    data: ({ key, cause, outcome }) => {
      expectTypeOf(cause).toEqualTypeOf<RecordedEvent>();
      expectTypeOf(outcome).toEqualTypeOf<{ orderId: string; chargeId: string } | undefined>();
      return { orderId: key, chargeId: outcome?.chargeId };
    },
  },
});
{
  // @ts-expect-error it does not know by itself whether it is to take its work back
  asking.contract('charge', { ...contract, undo: { ok: 'Refunded' } });
  // @ts-expect-error what asks is not what answers
  asking.contract('charge', { ...contract, undo: { ...contract.undo, ask: 'Refunded' } });
  // @ts-expect-error it has a producer
  asking.contract('charge', { ...contract, undo: { ...contract.undo, ask: 'Released' } });
  // @ts-expect-error it is not the data of what asks
  asking.contract('charge', { ...contract, undo: { ...contract.undo, data: () => ({ chargeId: 'c' }) } });
  // @ts-expect-error nothing is triggered by what asks
  asking.contract('charge', contract).wait('approve', { ...approve, on: 'RefundAsked' });
  // @ts-expect-error it is run elsewhere
  asking.contract('charge', { ...contract, run: async () => charged });
  // @ts-expect-error it may always fail: when it is compensated before it began
  asking.contract('charge', { ...contract, fails: [] });
  const { undo: _undo, ...lasting } = contract;
  // @ts-expect-error before the pivot every step can be undone
  asking.contract('charge', lasting);
  const { source: _source, ...anybody } = contract;
  // @ts-expect-error whose answers are they?
  asking.contract('charge', anybody);
  // @ts-expect-error the end of what is unknown is a failure
  asking.contract('charge', { ...contract, deadline: { after: '1d', fail: async () => charged } });
}

// The end waits for all that leaves the pivot.
const sent = chargeds.pivot('send', {
  by: 'shipping',
  on: 'Charged',
  ok: 'Sent',
  fails: ['Lost'],
  run: async () => ({ type: 'Sent', data: { orderId } }),
});
const thank = { by: 'mail', on: 'Sent', run: async () => ({ type: 'Thanked', data: { orderId } }) as const } as const;
const rated = sent
  .step('thank', { ...thank, ok: 'Thanked' })
  .contract('rate', { by: 'panel', source: 'panel', on: 'Sent', ok: 'Rated', deadline: { after: '7d' } });
const end = {
  done: { on: all('Thanked', 'Rated'), emit: 'Completed', data: () => ({ orderId }) },
  cancelled: { emit: 'Cancelled', data: () => ({ orderId }) },
} as const;
rated.end({
  ...end,
  done: {
    ...end.done,
    data: (event, each) => {
      expectTypeOf(event).toEqualTypeOf<RecordedEvent<'Thanked', { orderId: string }>>();
      expectTypeOf(each.Rated).toEqualTypeOf<RecordedEvent<'Rated', { orderId: string }>>();
      return { orderId };
    },
  },
});
// @ts-expect-error nothing is done before the pivot
rated.end({ ...end, done: { ...end.done, on: all('Thanked', 'Charged') } });
