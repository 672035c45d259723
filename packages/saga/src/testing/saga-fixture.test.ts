import { AssertionError } from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { FakeProvider } from '../bench.test.fixture.js';
import { fulfilment, stockIn } from '../fulfilment.test.fixture.js';
import { approved, asked, of, travel, withdrawn } from './play.test.fixture.js';
import { sagaFixture } from './saga-fixture.js';

/* The fixture itself: what it shows when a check fails, and what it refuses to play. */

async function assertionOf(check: Promise<unknown>): Promise<AssertionError> {
  const error = await check.then(
    () => expect.unreachable('the check passed'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return error as AssertionError;
}

const placed = (orderId: string) => ({ type: 'OrderPlaced', data: { orderId, amountCents: 1_250 } }) as const;

function shop() {
  return sagaFixture(fulfilment, {
    now: '2026-05-01T12:00:00.000Z',
    services: ({ store }) => ({ reserve: stockIn(store), charge: new FakeProvider(), ship: new FakeProvider() }),
  }).also(({ store }) => stockIn(store).execute('lamp', 'receive', 1));
}

describe('a check that fails', () => {
  test('shows what was expected, and all that happened', async () => {
    const run = shop()
      .throwing('charge')
      .crash('ship', 'after start')
      .dropOnce('ShipmentDispatched')
      .when(placed('o1'))
      .advance('2m');

    const error = await assertionOf(run.thenEnded('OrderCompleted'));

    expect([error.actual, error.expected]).toEqual([[], ['OrderCompleted']]);
    expect(error.message).toMatch(/^"o1" has not ended as expected\.\n/);
    expect(error.message.slice(error.message.indexOf('What happened:'))).toBe(
      [
        'What happened:',
        '  +0s           OrderPlaced',
        '  +0s  reserve  InventoryReserved',
        '  +0s  charge   $started, until +15m',
        '  +0s  charge   $attempted run: run of "charge" was made to throw; again at +1m',
        '  +1m  charge   PaymentCaptured',
        '  +1m  ship     $started',
        '  +1m  ship     crashed after start, upon PaymentCaptured',
        '  +1m  ship     ShipmentDispatched',
        '  +1m           ShipmentDispatched was lost on its way',
      ].join('\n'),
    );
  });

  test('tells the events by type, and with their data where that was asked for', async () => {
    const run = shop().given(placed('o1'));

    const error = await assertionOf(
      run.thenEvents([
        'InventoryReserved',
        { type: 'PaymentCaptured', data: { orderId: 'o1', chargeId: 'another' } },
        'ShipmentDispatched',
      ]),
    );

    // All of it was given.
    expect(error.actual).toEqual([]);
  });

  test('tells the ledger of a step, what it waits for and whether it is parked', async () => {
    const run = shop().when(placed('o1'));

    expect((await assertionOf(run.thenLedger('charge', 'undone'))).message).toMatch(
      /^The ledger of step "charge" of "o1" is ok\.\n/,
    );
    expect((await assertionOf(run.thenWaiting('charge'))).message).toMatch(/^Step "charge" of "o1" does not wait as/);
    expect((await assertionOf(run.thenParked('charge'))).message).toMatch(/^Step "charge" of "o1" is not parked as/);
    expect((await assertionOf(run.thenUnended())).actual).toEqual(['OrderCompleted']);
  });

  test('tells the time until which a step waits', async () => {
    const { run } = travel();

    const error = await assertionOf(run.when(asked(2_000)).thenWaiting('approve', { until: '2026-01-01T12:00:00Z' }));

    expect([error.actual, error.expected]).toEqual(['2026-01-02T00:00:00.000Z', '2026-01-01T12:00:00.000Z']);
  });

  test('is any one, when a delivery was given up that was not expected to be', async () => {
    const run = shop().when(placed('o1'), { hops: 100 });

    expect((await assertionOf(run.thenUnended())).message).toMatch(
      /^"reserve" gave up on a delivery: TooManyHopsError/,
    );
    expect((await assertionOf(run.thenRefuses('charge', 'TOO_MANY_HOPS'))).actual).toEqual(['reserve: TOO_MANY_HOPS']);
    await run.thenRefuses('reserve', 'TOO_MANY_HOPS');
    await run.thenUnended();
  });
});

describe('what is played', () => {
  test('tells of what was given nothing, and of the rest everything', async () => {
    const { run } = travel();

    await run
      .given(asked(2_000))
      .fact('approve', approved)
      .thenEvents([
        'Approved',
        'HotelBooked',
        'CarBooked',
        'Paid',
        'Thanked',
        { type: 'TripBooked', data: { orderId: 'o1' } },
      ]);
  });

  test('may be of several keys', async () => {
    const run = shop().when(placed('o1')).when(placed('o2'));

    await run.thenEnded('OrderCompleted');
    await run.thenEnded('OrderCancelled', { key: 'o2' });
    expect(await run.timeline()).toContain('reserve  InventoryRejected of o2');
  });

  test('is the same for the same seed, and another for another', async () => {
    const timelineOf = (seed: number) => travel().run.shuffle(seed).duplicateEverything().when(asked()).timeline();

    expect(await timelineOf(1)).toBe(await timelineOf(1));
    const timelines = await Promise.all([1, 2, 3, 4, 5, 6].map(timelineOf));
    expect(new Set(timelines).size).toBeGreaterThan(1);
  });

  test('goes on after a check', async () => {
    const { run } = travel();

    await run.when(asked(2_000)).thenWaiting('approve');
    await run.cancel(withdrawn).thenEnded('TripOff');
  });

  test('happens once, however many checks wait for it', async () => {
    const run = shop().when(placed('o1'));

    await Promise.all([run.thenEnded('OrderCompleted'), run.thenLedger('ship', 'ok'), run.thenLedger('charge', 'ok')]);
  });
});

describe('what cannot be played', () => {
  test.each([
    ['an event that fails its schema', { type: 'Asked', data: { orderId: 'o1' } }, /^An event cannot happen\. .*cents/],
    [
      'an event of a step',
      of('HotelBooked'),
      /^"HotelBooked" cannot be made to happen: it comes from step "hotel" itself/,
    ],
    ['an end', of('TripBooked'), /^"TripBooked" cannot be made to happen: it is none that comes from outside/],
  ])('is %s', async (_what, event, problem) => {
    const { run } = travel();

    expect((await assertionOf(run.when(event as ReturnType<typeof asked>).thenUnended())).message).toMatch(problem);
  });

  test('is a step that is resumed or resolved and not parked', async () => {
    expect((await assertionOf(shop().when(placed('o1')).resume('charge').timeline())).message).toMatch(
      /^Step "charge" of "o1" is not parked/,
    );
  });

  test('is nothing', async () => {
    expect((await assertionOf(shop().thenUnended())).message).toBe('Nothing has happened: there is no run to look at.');
  });

  test('is an expected event that could never be recorded', async () => {
    const run = shop().when(placed('o1'));

    const expected = { type: 'InventoryReserved', data: {} } as unknown as 'InventoryReserved';

    expect((await assertionOf(run.thenEvents([expected]))).message).toMatch(/^An expected event cannot be recorded\. /);
  });
});
