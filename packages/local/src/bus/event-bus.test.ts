import type { Clock } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { failing, placed, recorder, startBus } from './bus.test.fixture.js';
import type { BusRule } from './bus-rule.js';
import type { EventBusOptions } from './event-bus.js';
import { randomFaults } from './faults.js';

describe('a published event', () => {
  it('reaches the functions whose pattern it matches, in the envelope of EventBridge', async () => {
    const orders = recorder('orders');
    const shipments = recorder('shipments', { source: ['shipping'] });
    const { bus } = startBus([orders.rule, shipments.rule]);

    const { Entries } = await bus.putEvents({
      Entries: [{ ...placed, Time: new Date('2025-12-31T23:59:59.999Z'), Resources: ['arn:aws:x'] }],
    });
    await bus.idle();

    expect(Entries).toEqual([{ EventId: '88888888-8888-4888-a888-888888888888' }]);
    expect(orders.events).toEqual([
      {
        version: '0',
        id: '88888888-8888-4888-a888-888888888888',
        'detail-type': 'OrderPlaced',
        source: 'order',
        account: '000000000000',
        time: '2025-12-31T23:59:59Z',
        region: 'us-east-1',
        resources: ['arn:aws:x'],
        detail: { orderId: '1' },
      },
    ]);
    expect(shipments.events).toEqual([]);
    expect(bus.counts).toEqual({ published: 1, matched: 1, delivered: 1, retried: 0, dead: 0 });
  });

  it('bears the time of its publication when it brings none', async () => {
    const orders = recorder('orders');
    const { bus } = startBus([orders.rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(orders.events[0]?.time).toBe('2026-01-02T03:04:05Z');
  });

  it('belongs to each function alone', async () => {
    const orders = recorder('orders');
    const spoiler: BusRule = {
      name: 'spoiler',
      pattern: { source: ['order'] },
      handler: async (event) => void Object.assign(event.detail, { orderId: 'spoiled' }),
    };
    const { bus } = startBus([spoiler, orders.rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(orders.events[0]?.detail).toEqual({ orderId: '1' });
  });

  it('is refused alone, while the other entries of its request are published', async () => {
    const orders = recorder('orders');
    const { bus } = startBus([orders.rule]);

    const result = await bus.putEvents({ Entries: [{ ...placed, Detail: '[]' }, placed] });
    await bus.idle();

    expect(result).toEqual({
      FailedEntryCount: 1,
      Entries: [
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
        { EventId: expect.any(String) },
      ],
    });
    expect(orders.events).toHaveLength(1);
  });

  it('is dropped when it is for another bus, and the log says so', async () => {
    const orders = recorder('orders');
    const { bus, logged } = startBus([orders.rule], { name: 'shop' });
    const arn = 'arn:aws:events:us-east-1:000000000000:event-bus/shop';

    const result = await bus.putEvents({ Entries: [placed, { ...placed, EventBusName: arn }] });
    await bus.idle();

    expect(result.FailedEntryCount).toBe(0);
    expect(bus.counts).toMatchObject({ published: 1, delivered: 1 });
    expect(logged).toEqual([expect.stringContaining('there is no bus "default" here, only "shop"')]);
  });
});

describe('a bus', () => {
  it('runs no more functions at a time than its concurrency', async () => {
    let running = 0;
    let most = 0;
    const handler = async () => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const rules = ['a', 'b', 'c'].map((name) => ({ name, pattern: { source: ['order'] }, handler }));
    const { bus } = startBus(rules, { concurrency: 4 });

    await bus.putEvents({ Entries: new Array(10).fill(placed) });
    await bus.idle();

    expect(most).toBe(4);
    expect(bus.counts).toMatchObject({ published: 10, matched: 30, delivered: 30 });
  });

  it('is idle at once when there is nothing to do, and for everyone who asks', async () => {
    const { bus } = startBus([recorder('orders').rule]);
    await bus.idle();

    await bus.putEvents({ Entries: [placed] });
    await Promise.all([bus.idle(), bus.idle()]);

    expect(bus.counts.delivered).toBe(1);
  });

  it('counts what a function publishes while it runs, before it is idle', async () => {
    const shipments = recorder('shipments', { source: ['shipping'] });
    const ship: BusRule = {
      name: 'ship',
      pattern: { source: ['order'] },
      handler: () => bus.putEvents({ Entries: [{ ...placed, Source: 'shipping' }] }),
    };
    const { bus } = startBus([ship, shipments.rule]);

    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(shipments.events).toHaveLength(1);
  });

  it('lets running functions finish when it is stopped, and gives what waits to the dead letters', async () => {
    let finish: () => void = () => undefined;
    const finished: string[] = [];
    const slow: BusRule = {
      name: 'slow',
      pattern: { source: ['order'] },
      handler: async (event) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        finished.push(event.id);
      },
    };
    const never: Clock = { now: () => 0, sleep: () => new Promise(() => undefined) };
    const { rule: broken } = failing(Number.POSITIVE_INFINITY);
    const { bus, letters } = startBus([broken, slow], { clock: never, concurrency: 1 });
    await bus.putEvents({ Entries: [placed, placed] });
    await new Promise((resolve) => setImmediate(resolve));

    const stopping = bus.stop();
    finish();
    await stopping;

    expect(finished).toHaveLength(1);
    expect(letters.written.map(({ reason, attempts }) => ({ reason, attempts }))).toEqual(
      expect.arrayContaining([
        { reason: 'TypeError: no card 1', attempts: 1 },
        { reason: 'The bus was stopped before the function was called.', attempts: 0 },
      ]),
    );
    expect(letters.written.length + finished.length).toBe(4);
  });

  it('publishes nothing any more once it is stopped', async () => {
    const { bus } = startBus([]);
    await bus.stop();

    await expect(bus.putEvents({ Entries: [placed] })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('duplicates and reorders deliveries when it is told to, and the same again with the same chance', async () => {
    const run = async () => {
      const orders = recorder('orders');
      let state = 42;
      const random = () => {
        state = (state * 16_807) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const faults = randomFaults(random, { duplicate: 0.3, delay: 0.5, longestDelayMs: 1000 });
      const { bus } = startBus([orders.rule], { faults });
      const entries = Array.from({ length: 10 }, (_, n) => ({ ...placed, Detail: `{"n":${n}}` }));
      await bus.putEvents({ Entries: entries });
      await bus.idle();
      return orders.events.map(({ detail }) => detail.n);
    };

    const arrived = await run();

    expect(arrived.length).toBeGreaterThan(10);
    expect([...new Set(arrived)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...new Set(arrived)]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await run()).toEqual(arrived);
  });

  it.each<[flaw: string, rules: BusRule[], options: Partial<EventBusOptions>, code: string]>([
    ['two rules of one name', [recorder('a').rule, recorder('a').rule], {}, 'INVALID_ARGUMENT'],
    ['a pattern that EventBridge refuses', [recorder('a', { source: [] }).rule], {}, 'INVALID_PATTERN'],
    ['half a retry', [{ ...recorder('a').rule, retries: 0.5 }], {}, 'INVALID_ARGUMENT'],
    ['a negative number of retries', [{ ...recorder('a').rule, retries: -1 }], {}, 'INVALID_ARGUMENT'],
    ['no concurrency', [], { concurrency: 0 }, 'INVALID_ARGUMENT'],
  ])('does not start with %s', (_, rules, options, code) => {
    expect(() => startBus(rules, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a rule that runs on a schedule', () => {
  it('gives its function the event that EventBridge sends, and no other one', async () => {
    const { events, rule } = recorder('sweep');
    const { pattern: _none, ...scheduled } = rule;
    const catchAll = recorder('catch-all', { version: ['0'] });
    const { bus } = startBus([scheduled, catchAll.rule]);

    await bus.runScheduled('sweep');
    await bus.putEvents({ Entries: [placed] });
    await bus.idle();

    expect(events).toEqual([
      {
        version: '0',
        id: '88888888-8888-4888-a888-888888888888',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-01-02T03:04:05Z',
        region: 'us-east-1',
        resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep'],
        detail: {},
      },
    ]);
    expect(catchAll.events.map((event) => event['detail-type'])).toEqual(['OrderPlaced']);
  });

  it('is tried again when its function fails', async () => {
    const { rule, requestIds } = failing(2, 2);
    const { bus, letters } = startBus([rule]);

    await bus.runScheduled('charge');
    await bus.idle();

    expect(requestIds).toHaveLength(3);
    expect(letters.written).toEqual([]);
  });

  it('is refused when there is none of that name, or the bus was stopped', async () => {
    const { rule } = recorder('sweep');
    const { bus } = startBus([rule]);

    await expect(bus.runScheduled('swoop')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('"swoop"'),
    });
    await bus.stop();
    await expect(bus.runScheduled('sweep')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
