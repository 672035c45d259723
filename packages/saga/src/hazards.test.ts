import { recordedEvents } from '@everfold/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeProvider } from './bench.test.fixture.js';
import { fulfilment, fulfilmentWith, stockIn } from './fulfilment.test.fixture.js';
import { standing } from './testing/play.test.fixture.js';
import { sagaFixture } from './testing/saga-fixture.js';
import { booking, delivery } from './testing/sagas.test.fixture.js';
import { startMetadata, withEarlier } from './versions.js';

/* The rows of the hazard table, each with what answers it: without that, its test fails. */

const placed = (orderId = 'o1') => ({ type: 'OrderPlaced', data: { orderId, amountCents: 1_250 } }) as const;
const asked = (cents = 500) => ({ type: 'Asked', data: { orderId: 'o1', cents } }) as const;
const withdrawn = { type: 'Withdrawn', data: { orderId: 'o1' } } as const;

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);
const CHARGE = 'fulfilment/charge/o1';

let bank: FakeProvider;
let carrier: FakeProvider;
let hotels: FakeProvider;
let cars: FakeProvider;

beforeEach(() => {
  [bank, carrier, hotels, cars] = [new FakeProvider(), new FakeProvider(), new FakeProvider(), new FakeProvider()];
});

/** A shop that has so many lamps. */
function shop(lamps = 5, saga = fulfilment) {
  return sagaFixture(saga, {
    services: ({ store }) => ({ reserve: stockIn(store), charge: bank, ship: carrier }),
  }).also(({ store }) => stockIn(store).execute('lamp', 'receive', lamps));
}

/** Checks how many lamps are left. */
async function expectLeft(run: ReturnType<typeof shop>, units: number) {
  let left: number | undefined;
  await run
    .also(async ({ store }) => {
      left = (await stockIn(store).load('lamp'))?.state.units;
    })
    .timeline();
  expect(left).toBe(units);
}

function travel() {
  return sagaFixture(booking, { services: { hotel: hotels, car: cars, pay: bank } });
}

describe('duplicate delivery, concurrent duplicate', () => {
  test.each(SEEDS)('is answered by the ledger, which has each outcome once: seed %i', async (seed) => {
    const order = shop().duplicateEverything().shuffle(seed).when(placed());

    await order.thenEnded('OrderCompleted');
    await expectLeft(order, 4);
    await order.thenLedger('reserve', 'ok');
  });

  test('is answered by one key for all attempts', async () => {
    const order = shop().duplicateEverything().throwing('charge').crash('charge', 'after run').when(placed());

    await order.advance('2m').thenEnded('OrderCompleted');
    expect([...bank.standings]).toEqual([[CHARGE, 'stands']]);
    expect(bank.calls.length).toBeGreaterThan(1);
  });
});

describe('compensation arrives before the forward event', () => {
  test('leaves a tombstone, which the forward event finds', async () => {
    const order = travel().when(withdrawn).settle().when(asked());

    await order.thenLedger('hotel', 'tombstone');
    await order.thenLedger('car', 'tombstone');
    await order.thenEnded('TripOff');
    expect([...hotels.calls, ...cars.calls]).toEqual([]);
  });

  test('bars a step whose trigger comes later, from a service that does not know of the cancellation', async () => {
    const warehouse = new FakeProvider();
    const order = sagaFixture(delivery, { services: { charge: bank, pack: warehouse, send: carrier } })
      .when({ type: 'Ordered', data: { orderId: 'o1' } })
      .cancel({ type: 'Dropped', data: { orderId: 'o1' } })
      .answer({ type: 'Charged', data: { orderId: 'o1' } });

    await order.thenLedger('pack', 'tombstone');
    expect(warehouse.calls).toEqual([]);
    await order.answer({ type: 'Refunded', data: { orderId: 'o1' } }).thenEnded('OrderOff');
  });

  test.each(SEEDS)('ends the run in one way, in whatever order: seed %i', async (seed) => {
    const order = travel().shuffle(seed).when(withdrawn).when(asked());

    await order.thenEnded('TripOff');
    expect(standing(hotels, cars, bank)).toEqual([]);
  });
});

describe('compensation while the forward call is in flight', () => {
  test('fences the step, makes the call void, and only then fails', async () => {
    const order = travel().late('car', '5m').when(asked()).cancel(withdrawn);

    await order.thenLedger('car', 'failed');
    expect(cars.calls).toEqual(['act booking/car/o1', 'void booking/car/o1']);
    await order.thenEnded('TripOff');
    await order.advance('1h').thenLedger('car', 'failed');
    expect(standing(hotels, cars, bank)).toEqual([]);
  });

  test('does not record as done what was made void before, though the failure is not recorded yet', async () => {
    const order = travel().late('car', '5m').when(asked()).crash('car', 'after fail', 99).cancel(withdrawn);

    await order.thenLedger('car', 'fenced');
    await order.advance('5m').thenLedger('car', 'fenced');
    await order.thenUnended();
    expect(standing(hotels, cars, bank)).toEqual([]);
  });

  test('makes void what is answered behind the fence', async () => {
    const order = travel().late('car', '30s').throwing('car', 'fail').when(asked()).cancel(withdrawn).advance('30s');

    await order.thenLedger('car', 'fenced');
    await order.thenUnended();
    await order.advance('1m').thenLedger('car', 'failed');
    await order.thenEnded('TripOff');
    expect(standing(hotels, cars, bank)).toEqual([]);
  });
});

describe('success arrives after the timeout', () => {
  test('is refused by the ledger, and made void at the provider', async () => {
    const order = shop().late('charge', '20m').when(placed()).advance('16m').redeliver();

    await order.thenEnded('OrderCancelled');
    await order.advance('10m').thenLedger('charge', 'failed');
    await order.thenEnded('OrderCancelled');
    expect([...bank.standings]).toEqual([[CHARGE, 'taken back']]);
    await expectLeft(order, 5);
  });

  test('is refused by the ledger though it comes after it was made void, and before the failure is recorded', async () => {
    const order = shop()
      .late('charge', '20m')
      .when(placed())
      .advance('16m')
      .crash('charge', 'after fail', 99)
      .redeliver();

    await order.thenLedger('charge', 'fenced');
    await order.advance('4m').thenLedger('charge', 'fenced');
    expect(standing(bank)).toEqual([]);
    await order.thenUnended();
  });

  test('is refused by the provider, where the call itself is late', async () => {
    const order = shop().late('charge', '20m', 'call').when(placed()).advance('16m').redeliver().advance('10m');

    await order.thenEnded('OrderCancelled');
    expect([...bank.standings]).toEqual([[CHARGE, 'void']]);
    expect(bank.calls).toEqual([`void ${CHARGE}`, `act ${CHARGE}`]);
  });
});

describe('compensation itself fails', () => {
  test('is tried again, then parks; the order is not cancelled while money is held', async () => {
    carrier.refused.add('fulfilment/ship/o1');
    const order = shop().throwing('charge', 'undo', 5).when(placed()).advance('1d');

    await order.thenParked('charge', { work: 'undo' });
    await order.thenLedger('reserve', 'ok');
    await order.thenUnended();

    await order.resume('charge').thenEnded('OrderCancelled');
    expect([...bank.standings]).toEqual([[CHARGE, 'taken back']]);
    await expectLeft(order, 5);
  });
});

describe('returned failure vs thrown error', () => {
  test('a returned failure is an outcome', async () => {
    bank.refused.add(CHARGE);
    const order = shop().when(placed());

    await order.thenEnded('OrderCancelled');
    expect(bank.calls).toEqual([`act ${CHARGE}`]);
  });

  test('a thrown error is tried again', async () => {
    const order = shop().throwing('charge', 'run', 2).when(placed());

    await order.thenLedger('charge', 'started');
    await order.advance('59s').thenLedger('charge', 'started');
    await order.advance('1s').thenLedger('charge', 'started');
    await order.advance('2m').thenEnded('OrderCompleted');
  });

  test('when no attempt is left, the outcome is unknown and made void', async () => {
    bank.after = (call) => {
      if (call.startsWith('act')) throw new Error('the answer was lost');
    };
    const twice = fulfilmentWith('charge', { retry: { attempts: 2, firstMs: 60_000, longestMs: 60_000 } });
    const order = shop(5, twice).when(placed()).advance('1m');

    await order.thenLedger('charge', 'failed');
    expect([...bank.standings]).toEqual([[CHARGE, 'taken back']]);
    await order.thenEnded('OrderCancelled');
  });
});

describe('two orders, one last unit', () => {
  test.each(SEEDS)('one of them gets it: seed %i', async (seed) => {
    const order = shop(1).shuffle(seed).when(placed('o1')).when(placed('o2'));

    const ends = await Promise.all(
      ['o1', 'o2'].map((key) =>
        order.thenEnded('OrderCompleted', { key }).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    expect(ends.sort()).toEqual([0, 1]);
    await expectLeft(order, 0);
  });
});

describe('two terminal outcomes', () => {
  test.each(SEEDS)('only the first is recorded: seed %i', async (seed) => {
    const order = travel().shuffle(seed).duplicateEverything().when(asked()).when(withdrawn);

    const types = (await order.timeline()).match(/Trip(Booked|Off)/g);
    expect(types).toHaveLength(1);
    expect(standing(hotels, cars, bank)).toHaveLength(types?.[0] === 'TripBooked' ? 3 : 0);
  });
});

describe('a lost event, a stopped half', () => {
  test.each(['OrderPlaced', 'InventoryReserved', 'PaymentCaptured', 'ShipmentDispatched'] as const)(
    'goes on when %s is delivered again',
    async (type) => {
      const order = shop().dropOnce(type).when(placed()).advance('1h');

      await order.thenUnended();
      await order.redeliver().thenEnded('OrderCompleted');
      await expectLeft(order, 4);
      expect(standing(bank)).toEqual([CHARGE]);
    },
  );

  test.each(['before start', 'after start', 'after record'] as const)(
    'goes on when the process that charges died %s',
    async (point) => {
      const order = shop().crash('charge', point).when(placed());

      await order.thenEnded('OrderCompleted');
      expect(standing(bank)).toEqual([CHARGE]);
    },
  );

  test.each(['before run', 'after run', 'before record'] as const)(
    'goes on when every process that charges died %s',
    async (point) => {
      const order = shop().crash('charge', point, 3).when(placed());

      await order.thenLedger('charge', 'started');
      await order.redeliver().thenEnded('OrderCompleted');
    },
  );

  test('is made void when its time is over', async () => {
    const order = shop().crash('charge', 'after run', 3).when(placed()).advance('15m').redeliver();

    await order.thenEnded('OrderCancelled');
    expect([...bank.standings]).toEqual([[CHARGE, 'taken back']]);
  });
});

describe('a new version of the saga while old ones run', () => {
  const renewed = {
    ...fulfilmentWith('charge', {
      run: async ({ key }) => ({ type: 'PaymentCaptured', data: { orderId: key, chargeId: 'by the new version' } }),
    }),
    version: fulfilment.version + 1,
  };
  const both = withEarlier(renewed, fulfilment);

  test.each([
    { under: fulfilment, chargeId: 'charge of o1' },
    { under: renewed, chargeId: 'by the new version' },
    { under: undefined, chargeId: 'charge of o1' },
  ])('a run ends under the version that it began under: $under.version', async ({ under, chargeId }) => {
    const start = under ? startMetadata(under) : { saga: 'another', sagaVersion: 9 };
    const order = shop(5, both).when(placed(), start);

    await order.thenEnded('OrderCompleted');
    const captured: unknown[] = [];
    await order
      .also(async ({ store }) => {
        for await (const commit of store.read('fulfilment.charge-o1')) captured.push(...recordedEvents(commit));
      })
      .timeline();
    expect(captured.at(-1)).toMatchObject({ type: 'PaymentCaptured', data: { chargeId } });
  });

  test('a timer goes on under the version that the run began under', async () => {
    const order = shop(5, both).throwing('charge').when(placed(), startMetadata(fulfilment)).advance('1m');

    await order.thenEnded('OrderCompleted');
    expect(bank.calls).toEqual([`act ${CHARGE}`]);
  });

  test('an event of a version that is not at hand is refused', async () => {
    const order = shop(5, fulfilment).when(placed(), startMetadata(renewed));

    await order.thenRefuses('reserve', 'UNKNOWN_SAGA_VERSION');
    await order.thenUnended();
  });
});

describe('a replay', () => {
  test('of all events runs no effect again', async () => {
    carrier.refused.add('fulfilment/ship/o1');
    const order = shop().when(placed());
    await order.thenEnded('OrderCancelled');
    const [calls, timeline] = [[...bank.calls, ...carrier.calls], await order.timeline()];

    const replayed = await order.redeliver().timeline();

    expect([...bank.calls, ...carrier.calls]).toEqual(calls);
    expect(replayed).toBe(`${timeline}\n  +0s           everything is delivered again`);
  });
});
