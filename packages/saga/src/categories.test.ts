import {
  type EventStore,
  InMemoryEventStore,
  isReserved,
  type RecordedEvent,
  recordedEvents,
  startOf,
} from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { FakeProvider } from './bench.test.fixture.js';
import { endCategories, stepCategories } from './categories.js';
import { createEndHandler } from './end-handler.js';
import { fulfilment } from './fulfilment.test.fixture.js';
import { endPattern, stepPattern } from './patterns.js';
import { createStepHandler } from './step-handler.js';
import { matches, published, SOURCE } from './testing/bus.js';
import { booking } from './testing/sagas.test.fixture.js';
import { InMemoryTimers } from './timers/in-memory-timers.js';

const ledgerOf = (name: string) => booking.steps.find((step) => step.name === name)?.ledger;

describe('stepCategories', () => {
  test('are the ledger of a step that bars nobody', () => {
    expect(stepCategories(fulfilment, 'ship')).toEqual(['fulfilment.ship']);
  });

  test('are the ledgers of those, too, that its undoing bars before they begin', () => {
    expect(stepCategories(fulfilment, 'reserve')).toEqual(['fulfilment.reserve', 'fulfilment.charge']);
  });

  test('refuse a step that the saga does not have', () => {
    expect(() => stepCategories(fulfilment, 'pack' as 'ship')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"pack"') }),
    );
  });
});

describe('endCategories', () => {
  test('are the terminal events, and the ledgers of what the start sets off', () => {
    expect(endCategories(fulfilment)).toEqual(['fulfilment.end', 'fulfilment.reserve']);
  });

  test('go on behind steps that only wait', () => {
    expect(endCategories(booking).sort()).toEqual(
      ['booking.end', ledgerOf('approve'), ledgerOf('hotel'), ledgerOf('car')].sort(),
    );
  });
});

/** A store that notes to which categories somebody appends through it. */
function noting(store: InMemoryEventStore, written: Set<string>): EventStore {
  return new Proxy(store, {
    get:
      (target, method: keyof InMemoryEventStore) =>
      (...given: unknown[]) => {
        for (const part of method === 'append' || method === 'transact' ? given.flat() : []) {
          const { stream } = (part as { readonly after?: { readonly stream: string } }).after ?? {};
          if (stream !== undefined) written.add(stream.split('-')[0] ?? '');
        }
        return (target[method] as (...args: unknown[]) => unknown).apply(target, given);
      },
  });
}

/** Plays a booking that is cancelled after some deliveries, and notes what each handler appends to. @param first - Whose turn it is first. */
async function play(written: ReadonlyMap<string, Set<string>>, cents: number, cancelledAfter: number, first: number) {
  const store = new InMemoryEventStore();
  const arrived: RecordedEvent[] = [];
  store.subscribe((commit) => arrived.push(...recordedEvents(commit).filter(({ type }) => !isReserved(type))));
  const inOrder = [...[...written].slice(first), ...[...written].slice(0, first)];
  const listeners = inOrder.map(([name, categories]) => {
    const ports = { store: noting(store, categories), timers: new InMemoryTimers() };
    if (name === 'end') return { pattern: endPattern(booking, SOURCE), handler: createEndHandler(booking, ports) };
    const step = name as 'pay';
    const services = new FakeProvider();
    return {
      pattern: stepPattern(booking, step, SOURCE),
      handler: createStepHandler(booking, step, { ...ports, services }),
    };
  });
  const say = (stream: string, type: string) =>
    store.append({
      after: startOf(stream),
      events: [{ type, data: { orderId: '7', cents } }],
      metadata: { correlationId: 'c', causationId: 'c', saga: 'booking', sagaVersion: 1 },
    });
  await say('asked-7', 'Asked');
  for (let deliveries = 0; deliveries < 200; deliveries += 1) {
    if (deliveries === cancelledAfter) await say('withdrawn-7', 'Withdrawn');
    // In the order of recording, or the other way round.
    const event = first % 2 === 0 ? arrived.shift() : arrived.pop();
    if (event === undefined && deliveries > cancelledAfter) return;
    if (event === undefined) continue;
    for (const { pattern, handler } of listeners)
      if (matches(pattern, published(event))) await handler(published(event));
  }
}

test('handlers append to the categories that are said of them, and to no other', async () => {
  const names = ['approve', 'hotel', 'car', 'pay', 'thank', 'end'] as const;
  const written = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));

  for (const cents of [10, 5_000])
    for (let first = 0; first < names.length; first += 1)
      for (let cancelledAfter = 0; cancelledAfter < 8; cancelledAfter += 1)
        await play(written, cents, cancelledAfter, first);

  for (const name of names) {
    const said = name === 'end' ? endCategories(booking) : stepCategories(booking, name);
    expect([...(written.get(name) ?? [])].sort(), name).toEqual([...said].sort());
  }
});
