import { describe, expect, test } from 'vitest';
import { FakeProvider } from '../bench.test.fixture.js';
import { fulfilment, fulfilmentWith, stockIn } from '../fulfilment.test.fixture.js';
import { approved, asked, of, travel, withdrawn } from './play.test.fixture.js';
import { sagaFixture } from './saga-fixture.js';

/* What throws: tried again by the clock, given up, or parked. */

const placed = { type: 'OrderPlaced', data: { orderId: 'o1', amountCents: 1_250 } } as const;

function shop(saga = fulfilment) {
  const [bank, carrier] = [new FakeProvider(), new FakeProvider()];
  const run = sagaFixture(saga, {
    services: ({ store }) => ({ reserve: stockIn(store), charge: bank, ship: carrier }),
  }).also(({ store }) => stockIn(store).execute('lamp', 'receive', 5));
  return { run, bank, carrier };
}

describe('a step that throws', () => {
  test('is tried again after pauses, each twice the one before, and not between them', async () => {
    const { run, bank } = shop();
    let calls = 0;
    bank.before = () => {
      calls++;
      throw new Error('no line');
    };

    run.when(placed);
    for (const [time, so] of [
      ['0s', 1],
      ['59s', 1],
      ['1s', 2],
      ['119s', 2],
      ['1s', 3],
      ['239s', 3],
      ['1s', 4],
    ] as const) {
      await run.advance(time).redeliver().thenLedger('charge', 'started');
      expect(calls).toBe(so);
    }
  });

  test('is given up when no attempt is left: fenced, made void, failed', async () => {
    const { run, bank } = shop();

    run.throwing('charge', 'run', 99).given(placed).advance('15m');
    await run.thenEvents(['PaymentDeclined', 'InventoryReleased', 'OrderCancelled']);
    await run.thenLedger('charge', 'failed');
    await run.thenEnded('OrderCancelled');
    expect(bank.calls).toEqual(['void fulfilment/charge/o1']);
  });

  test('is parked when it cannot be made void, and goes on when it is resumed', async () => {
    const { run, bank } = shop();

    await run
      .throwing('charge', 'run', 99)
      .throwing('charge', 'fail', 5)
      .when(placed)
      .advance('1h')
      .thenParked('charge', { work: 'fail' });
    await run.thenUnended();
    await run.redeliver().thenParked('charge');
    expect(bank.calls).toEqual([]);
    await run.resume('charge').thenEnded('OrderCancelled');
    expect(bank.calls).toEqual(['void fulfilment/charge/o1']);
  });

  test('is parked when its undo throws, and goes on when somebody says what it came to', async () => {
    const { run, bank, carrier } = shop();
    carrier.refused.add('fulfilment/ship/o1');

    await run.throwing('charge', 'undo', 99).when(placed).advance('1d').thenParked('charge', { work: 'undo' });
    await run.thenUnended();
    await run.resolve('charge', of('PaymentRefunded')).thenEnded('OrderCancelled');
    await run.thenLedger('reserve', 'undone');
    expect(bank.calls).toEqual(['act fulfilment/charge/o1']);
  });

  test('is parked where it is a pivot whose work cannot be made void, and can be resolved either way', async () => {
    for (const [type, end] of [
      ['ShipmentDispatched', 'OrderCompleted'],
      ['ShippingFailed', 'OrderCancelled'],
    ] as const) {
      const { run } = shop();

      await run.throwing('ship', 'run', 99).when(placed).advance('1d').thenParked('ship', { work: 'run' });
      await run.thenUnended();
      await run.resolve('ship', of(type)).thenEnded(end);
    }
  });

  test('is parked where it acts in the store only, and has done nothing', async () => {
    const { run } = shop();

    await run.throwing('reserve', 'run', 5).when(placed).advance('1d').thenParked('reserve', { work: 'run' });
    await run.resume('reserve').thenEnded('OrderCompleted');
  });

  test('that is retriable is parked, and the run is done once it is resumed', async () => {
    const { run } = travel();

    await run.throwing('thank', 'run', 5).when(asked()).advance('1d').thenParked('thank');
    await run.thenUnended();
    await run.resume('thank').thenEnded('TripBooked');
  });

  test('is fenced at its deadline though an attempt is under way and others are left', async () => {
    const { run, bank } = shop();

    await run.throwing('charge').late('charge', '20m').when(placed).advance('14m').thenLedger('charge', 'started');
    await run.advance('1m').redeliver().thenEnded('OrderCancelled');
    await run.advance('1h').thenLedger('charge', 'failed');
    expect([...bank.standings.values()]).toEqual(['taken back']);
  });

  test('is tried again where its outcome cannot be recorded', async () => {
    const saga = fulfilmentWith('charge', {
      run: async () => ({ type: 'PaymentCaptured', data: { orderId: 'another', chargeId: 'x' } }),
    });
    const { run, bank } = shop(saga);

    await run.when(placed).advance('15m').thenEnded('OrderCancelled');
    expect(bank.calls).toEqual(['void fulfilment/charge/o1']);
  });
});

describe('a wait whose refusal cannot be made', () => {
  test.each(['timeout', 'cancellation'])('is tried again, then parked: upon its %s', async (upon) => {
    const { run } = travel();

    run.throwing('approve', 'fail', 5).when(asked(2_000));
    if (upon === 'timeout') run.advance('1d');
    else run.cancel(withdrawn);
    await run.thenLedger('approve', 'fenced');
    await run.fact('approve', approved).thenRefuses('approve', 'NOT_WAITING');
    await run.advance('1d').thenParked('approve', { work: 'fail' });
    await run.thenUnended();
    await run.resume('approve').thenEnded('TripOff');
  });
});
