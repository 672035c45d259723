import { defineEvents, evolving, severalEvents } from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type BusContext, createBusHandler } from './consumer.js';

const events = defineEvents({ OrderPlaced: z.object({ orderId: z.string() }) });

function deliveryOf(
  data: unknown,
  metadata: object = { correlationId: 'request-1', causationId: 'command-1' },
): EventBridgeEvent<string, unknown> {
  const at = '2026-01-02T03:04:05.678Z';
  const detail = { id: '01JB.0', stream: 'order-o1', category: 'order', version: 1, at, data, metadata };
  return {
    version: '0',
    id: 'd1',
    account: '1',
    time: at,
    region: 'r',
    resources: [],
    source: 's',
    'detail-type': 'OrderPlaced',
    detail,
  };
}

describe('createBusHandler', () => {
  test('hands the recorded event to the function', async () => {
    const handled: unknown[] = [];
    const handler = createBusHandler(events, async (event) => void handled.push(event));

    await handler(deliveryOf({ orderId: 'o1' }));

    expect(handled).toEqual([
      {
        id: '01JB.0',
        type: 'OrderPlaced',
        data: { orderId: 'o1' },
        stream: 'order-o1',
        version: 1,
        at: '2026-01-02T03:04:05.678Z',
        metadata: { correlationId: 'request-1', causationId: 'command-1' },
      },
    ]);
  });

  test('hands over one after the other what an event is upcast to', async () => {
    const OrderPlaced = evolving(z.object({ orderId: z.string() }), {
      revision: 2,
      upcast: {
        1: ({ ids }: { ids: string[] }) =>
          severalEvents(ids.map((orderId) => ({ type: 'OrderPlaced', revision: 2, data: { orderId } }))),
      },
    });
    const handled: string[] = [];
    const handler = createBusHandler({ OrderPlaced }, async ({ id, data }) => {
      handled.push(`${id} begins`);
      await Promise.resolve();
      handled.push(`${data.orderId} ends`);
    });

    await handler(deliveryOf({ ids: ['o1', 'o2'] }));

    expect(handled).toEqual(['01JB.0.0 begins', 'o1 ends', '01JB.0.1 begins', 'o2 ends']);
  });

  test('tells what the next command is to be recorded under', async () => {
    const contexts: BusContext[] = [];
    const handler = createBusHandler(events, async (_event, context) => void contexts.push(context));
    const metadata = {
      correlationId: 'request-1',
      causationId: 'command-1',
      actor: 'ann',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
      note: 'not carried on',
    };

    await handler(deliveryOf({ orderId: 'o1' }, metadata));

    const { note: _, ...carried } = metadata;
    expect(contexts).toEqual([{ metadata: { ...carried, causationId: '01JB.0' } }]);
  });

  test('tells a logger which event was not handled, and why', async () => {
    const lines: unknown[] = [];
    const logger = { error: (...line: unknown[]) => void lines.push(line) };
    const error = new Error('not now');
    const handler = createBusHandler(events, () => Promise.reject(error), { logger });

    await expect(handler(deliveryOf({ orderId: 'o1' }))).rejects.toThrow('not now');
    await expect(handler({ ...deliveryOf({}), detail: null })).rejects.toThrow('not an event of Everfold');

    expect(lines).toEqual([
      [
        'Event "OrderPlaced" (01JB.0) was not handled: not now',
        { type: 'OrderPlaced', eventId: '01JB.0', stream: 'order-o1', version: 1, correlationId: 'request-1', error },
      ],
      [
        expect.stringContaining('Event "OrderPlaced" (undefined) was not handled'),
        expect.objectContaining({ error: expect.objectContaining({ code: 'INVALID_ENVELOPE' }) }),
      ],
    ]);
  });

  test('throws what the function throws, so that Lambda tries again', async () => {
    const handler = createBusHandler(events, () => Promise.reject(new Error('not now')));

    await expect(handler(deliveryOf({ orderId: 'o1' }))).rejects.toThrow('not now');
  });

  test('does not call the function with data that fails its schema', async () => {
    const handler = createBusHandler(events, async () => expect.unreachable());

    await expect(handler(deliveryOf({}))).rejects.toThrow(expect.objectContaining({ code: 'INVALID_EVENT' }));
  });
});
