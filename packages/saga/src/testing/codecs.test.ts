import { defineEvents, evolving } from '@everfold/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { choreography } from '../choreography.js';
import { sagaFixture } from './saga-fixture.js';

const plain = z.object({ orderId: z.string() });

const events = defineEvents({
  Placed: plain,
  Held: plain,
  SoldOut: plain,
  Freed: plain,
  Sent: plain,
  Lost: evolving(z.object({ orderId: z.string(), at: z.date() }), {
    revision: 1,
    codec: {
      encode: ({ at, ...rest }) => ({ ...rest, at: at.toISOString() }),
      decode: ({ at, ...rest }) => ({ ...rest, at: new Date(at) }),
    },
  }),
  Completed: plain,
  Cancelled: plain,
});

test('an undo that throws is tried again upon the same failure, whose data JSON does not carry', async () => {
  const causes: unknown[] = [];
  const saga = choreography({ name: 'codec', version: 1, start: 'Placed', key: 'orderId', events })
    .step('hold', {
      by: 'stock',
      on: 'Placed',
      ok: 'Held',
      fails: ['SoldOut'],
      effect: 'store',
      run: async ({ key }) => ({ type: 'Held', data: { orderId: key } }),
      undo: {
        ok: 'Freed',
        run: async ({ key, cause }) => {
          causes.push(cause.data);
          return { type: 'Freed', data: { orderId: key } };
        },
      },
    })
    .pivot('send', {
      by: 'carrier',
      on: 'Held',
      ok: 'Sent',
      fails: ['Lost'],
      run: async ({ key }) => ({ type: 'Lost', data: { orderId: key, at: new Date(0) } }),
    })
    .end({
      done: { on: 'Sent', emit: 'Completed', data: ({ data }) => data },
      cancelled: { emit: 'Cancelled', data: (_cause, key) => ({ orderId: key }) },
    });

  const run = sagaFixture(saga)
    .throwing('hold', 'undo', 5)
    .when({ type: 'Placed', data: { orderId: 'o1' } });
  await run.advance('1d').thenParked('hold', { work: 'undo' });
  await run.resume('hold').thenEnded('Cancelled');

  expect(causes).toEqual([{ orderId: 'o1', at: new Date(0) }]);
});
