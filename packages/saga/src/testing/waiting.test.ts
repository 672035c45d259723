import { describe, expect, test } from 'vitest';
import { approved, asked, deliver, of, travel, withdrawn } from './play.test.fixture.js';

/* Joins and waits, played. */

const SEEDS = Array.from({ length: 15 }, (_, seed) => seed);

describe('a join', () => {
  test('goes on once both branches are done', async () => {
    const { run, hotels, cars, bank } = travel();

    await run.when(asked()).thenEvents(['Asked', 'HotelBooked', 'CarBooked', 'Paid', 'Thanked', 'TripBooked']);
    expect([...hotels.calls, ...cars.calls, ...bank.calls]).toHaveLength(3);
  });

  test('waits for the slower branch', async () => {
    const { run } = travel();

    await run.late('car', '5m').when(asked()).advance('4m').thenLedger('pay', 'empty');
    await run.advance('1m').thenEnded('TripBooked');
  });

  test.each(['hotel', 'car'] as const)('is barred when %s fails, and the other branch is taken back', async (name) => {
    const { run, hotels, cars, bank, standing } = travel();
    hotels.refused.add('booking/hotel/o1');
    if (name === 'car') {
      hotels.refused.clear();
      cars.refused.add('booking/car/o1');
    }

    await run.when(asked()).thenEnded('TripOff');
    await run.thenLedger('pay', 'tombstone');
    expect(standing()).toEqual([]);
    expect(bank.calls).toEqual([]);
  });

  test.each(SEEDS)('is undone with both branches when its own step fails: seed %i', async (seed) => {
    const { run, bank, standing } = travel();
    bank.refused.add('booking/pay/o1');

    await run.shuffle(seed).duplicateEverything().when(asked()).thenEnded('TripOff');
    await run.thenLedger('hotel', 'undone');
    await run.thenLedger('car', 'undone');
    expect(standing()).toEqual([]);
  });

  test.each(SEEDS)('is completed with everything, or cancelled with nothing: seed %i', async (seed) => {
    const { run, cars, standing } = travel();
    if (seed % 2 === 0) cars.refused.add('booking/car/o1');
    const points = ['after run', 'before record', 'after record', 'after start'] as const;
    const point = points[seed % points.length] ?? 'after run';
    for (const step of ['hotel', 'car', 'pay'] as const) run.crash(step, point).throwing(step, 'run', seed % 3);

    await run
      .shuffle(seed)
      .duplicateEverything()
      .when(asked())
      .advance('1h')
      .thenEnded(seed % 2 ? 'TripBooked' : 'TripOff');
    expect(standing()).toHaveLength(seed % 2 ? 3 : 0);
  });
});

describe('an optional wait', () => {
  test('costs nothing where it does not wait', async () => {
    const { run } = travel();

    await run.when(asked(1_000)).thenEnded('TripBooked');
    await run.thenLedger('approve', 'empty');
  });

  test('waits for its fact, until its deadline', async () => {
    const { run, hotels } = travel();

    await run.when(asked(1_001)).thenWaiting('approve', { until: '2026-01-02T00:00:00.000Z' });
    await run.advance('23h').thenWaiting('approve');
    expect(hotels.calls).toEqual([]);
    await run.fact('approve', approved).thenEnded('TripBooked');
    await run.advance('2d').thenLedger('approve', 'ok');
  });

  test('is told a fact twice as once', async () => {
    const { run, hotels } = travel();

    await run.when(asked(2_000)).fact('approve', approved).fact('approve', approved).thenEnded('TripBooked');
    expect(hotels.calls).toHaveLength(1);
  });

  test('is over with a refusal', async () => {
    const { run, standing } = travel();
    const refused = { type: 'Refused', data: { orderId: 'o1', why: 'too dear' } } as const;

    await run.given(asked(2_000), refused).settle().thenEnded('TripOff');
    await run.thenLedger('hotel', 'tombstone');
    expect(standing()).toEqual([]);
  });

  test('is over at its deadline, and hears of no fact after it', async () => {
    const { run } = travel();

    await run
      .given(asked(2_000))
      .advance('1d')
      .thenEvents([
        { type: 'Refused', data: { orderId: 'o1', why: 'timeout' } },
        { type: 'TripOff', data: { orderId: 'o1', because: 'Refused' } },
      ]);
    await run.fact('approve', approved).thenRefuses('approve', 'NOT_WAITING');
    await run.thenEnded('TripOff');
  });

  test('is over when the saga is cancelled', async () => {
    const { run } = travel();

    await run
      .given(asked(2_000))
      .cancel(withdrawn)
      .thenEvents(['Withdrawn', { type: 'Refused', data: { orderId: 'o1', why: 'compensation' } }, 'TripOff']);
    await run.advance('2d').thenEnded('TripOff');
  });

  test('does not wait for a fact that comes before the wait has begun: it is to be told again', async () => {
    const { run } = travel();

    await run.given(asked(500)).fact('approve', approved).thenRefuses('approve', 'NOT_WAITING');
    await run.thenEnded('TripBooked');
  });

  test.each(SEEDS)('ends in one way when the fact and the cancellation cross: seed %i', async (seed) => {
    const { run, standing } = travel();

    run.shuffle(seed).given(asked(2_000)).duplicateEverything();
    run
      .also(({ store }) => store)
      .fact('approve', approved)
      .when(withdrawn);
    const timeline = await run.timeline();
    const ends = timeline.match(/Trip(Off|Booked)/g) ?? [];
    expect(ends).toHaveLength(1);
    expect(standing()).toHaveLength(ends[0] === 'TripBooked' ? 3 : 0);
  });

  test.each(SEEDS)('survives that its process dies: seed %i', async (seed) => {
    const { run } = travel();

    await run
      .crash('approve', seed % 2 ? 'after start' : 'before start')
      .shuffle(seed)
      .when(asked(2_000))
      .thenWaiting('approve');
    await run.advance('1d').thenEnded('TripOff');
  });
});

describe('cancellation', () => {
  test.each(SEEDS)('before the pivot takes everything back: seed %i', async (seed) => {
    const { run, standing } = travel();

    await run.shuffle(seed).late('car', '5m').when(asked()).cancel(withdrawn).thenEnded('TripOff');
    await run.advance('1h').thenEnded('TripOff');
    expect(standing()).toEqual([]);
  });

  test('while the pivot is at work fences it, where it can be made void', async () => {
    const { run, bank, standing } = travel();

    // Both of what it joins call it, under one key.
    await run.late('pay', '5m').late('pay', '5m').when(asked()).cancel(withdrawn).thenLedger('pay', 'failed');
    await run.thenEnded('TripOff');
    await run.advance('1h').thenEnded('TripOff');
    expect([...bank.standings.values()]).toEqual(['taken back']);
    expect(standing()).toEqual([]);
  });

  test('while the pivot is at work lets it go its way, where it cannot be made void', async () => {
    const { run, standing } = deliver();

    run.given(of('Ordered')).late('send', '5m').answer(of('Charged')).cancel(of('Dropped'));
    await run.thenLedger('send', 'started');
    await run.thenUnended();
    await run.advance('5m').thenEnded('Delivered');
    expect(standing()).toHaveLength(2);
  });

  test('after the pivot comes too late', async () => {
    const { run, standing } = travel();

    await run.when(asked()).cancel(withdrawn).thenEnded('TripBooked');
    await run.redeliver().thenEnded('TripBooked');
    expect(standing()).toHaveLength(3);
  });

  test('after the pivot, while what follows is tried again, comes too late', async () => {
    const { run, standing } = travel();

    await run.throwing('thank').when(asked()).cancel(withdrawn).thenUnended();
    await run.advance('1m').thenEnded('TripBooked');
    expect(standing()).toHaveLength(3);
  });
});
