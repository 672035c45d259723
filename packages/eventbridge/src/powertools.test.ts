import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { CachePersistenceLayer } from '@aws-lambda-powertools/idempotency/cache';
import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeEnvelope } from '@aws-lambda-powertools/parser/envelopes';
import { defineEvents, type RecordedEvent } from '@everfold/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { deliveryOf } from './bus.test.fixture.js';
import { createBusHandler } from './consumer.js';

/* Powertools for AWS Lambda, as docs/eventbridge.md shows it. */

const events = defineEvents({ OrderPlaced: z.object({ orderId: z.string() }) });
const placed = (id: string): RecordedEvent => ({
  id,
  type: 'OrderPlaced',
  data: { orderId: 'o1' },
  stream: 'order-o1',
  version: 1,
  at: '2026-01-02T03:04:05.678Z',
  metadata: { correlationId: 'request-1', causationId: 'command-1' },
});

/** What a cache server does, in memory. */
function cache() {
  const kept = new Map<string, string>();
  return {
    get: async (name: string) => kept.get(name) ?? null,
    set: async (name: string, value: unknown, { NX }: { NX?: boolean } = {}) => {
      if (NX && kept.has(name)) return null;
      kept.set(name, String(value));
      return 'OK';
    },
    del: async (names: string[]) => names.filter((name) => kept.delete(name)).length,
  };
}

afterEach(() => vi.restoreAllMocks());

describe('Powertools', () => {
  test('makes a handler idempotent by the event’s id', async () => {
    let mails = 0;
    // There is no Lambda that could tell how much time is left.
    vi.spyOn(console, 'warn').mockReturnValue();
    const handler = makeIdempotent(
      createBusHandler(events, async () => void mails++),
      {
        persistenceStore: new CachePersistenceLayer({ client: cache() }),
        config: new IdempotencyConfig({ eventKeyJmesPath: 'detail.id', throwOnNoIdempotencyKey: true }),
      },
    );

    await handler(deliveryOf(placed('01JB.0')));
    await handler({ ...deliveryOf(placed('01JB.0')), id: 'another delivery' });
    expect(mails).toBe(1);

    await handler(deliveryOf(placed('01JB.1')));
    expect(mails).toBe(2);
  });

  test('logs what was not handled, with its error taken apart', async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const logger = new Logger({ serviceName: 'mail', logLevel: 'INFO' });
    const handler = createBusHandler(events, () => Promise.reject(new TypeError('no server')), { logger });

    await expect(handler(deliveryOf(placed('01JB.0')))).rejects.toThrow('no server');

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'ERROR',
      service: 'mail',
      message: 'Event "OrderPlaced" (01JB.0) was not handled: no server',
      eventId: '01JB.0',
      correlationId: 'request-1',
      error: { name: 'TypeError', message: 'no server' },
    });
  });

  test('parses the envelope, for whoever has only Powertools', () => {
    const envelope = z.object({ id: z.string(), data: events.OrderPlaced });

    expect(EventBridgeEnvelope.parse(deliveryOf(placed('01JB.0')), envelope)).toEqual({
      id: '01JB.0',
      data: { orderId: 'o1' },
    });
  });
});
