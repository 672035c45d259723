import { describe, expect, test } from 'vitest';
import { deliveryOf, FakeProvider, referenceTo, stillClock, WatchedStore } from './bench.test.fixture.js';
import { createEndHandler, type EndNotice } from './end-handler.js';
import { fulfilment, placeOrder, record } from './fulfilment.test.fixture.js';
import { handlerOf, pivot, place, step, trip } from './trip.test.fixture.js';
import { all } from './types.js';

const END = 'fulfilment.end-o1';

function bench() {
  const store = new WatchedStore();
  const happened = (type: string) => record(store.inner, `elsewhere-${type}`, { type, data: { orderId: 'o1' } });
  return { store, happened, end: createEndHandler(fulfilment, { store, clock: stillClock }) };
}

describe('the listener of an end', () => {
  function listened(onEnd: (notice: EndNotice) => void) {
    const { store, happened } = bench();
    return { store, happened, end: createEndHandler(fulfilment, { store, clock: stillClock, onEnd }) };
  }

  test.each([
    ['ShipmentDispatched', 'completed', 'OrderCompleted'],
    ['InventoryRejected', 'cancelled', 'OrderCancelled'],
  ])('hears once what became of the run upon %s', async (cause, outcome, type) => {
    const notices: EndNotice[] = [];
    const { happened, end } = listened((notice) => notices.push(notice));
    const event = await happened(cause);

    await end(deliveryOf(event));
    await end(deliveryOf(event));

    expect(notices).toEqual([{ saga: 'fulfilment', key: 'o1', outcome, type }]);
  });

  test('does not undo by what it throws what was recorded', async () => {
    const { store, happened, end } = listened(() => {
      throw new Error('no disk left');
    });

    await end(deliveryOf(await happened('ShipmentDispatched')));

    expect(store.published().at(-1)).toMatchObject({ type: 'OrderCompleted' });
  });
});

describe('the end of a line', () => {
  test('is the completion, upon the success of its last step', async () => {
    const { store, happened, end } = bench();
    const dispatched = await happened('ShipmentDispatched');

    await end(deliveryOf(dispatched));

    expect(store.calls).toEqual([`append ${END}`]);
    expect(store.published().at(-1)).toMatchObject({
      stream: END,
      version: 1,
      type: 'OrderCompleted',
      data: { orderId: 'o1' },
      metadata: {
        correlationId: 'request-1',
        causationId: dispatched.id,
        actor: 'ann',
        saga: 'fulfilment',
        sagaVersion: 3,
        hops: 1,
      },
    });
  });

  test('is the completion, upon a reference to what was too large for the bus', async () => {
    const { store, happened, end } = bench();

    await end(referenceTo(await happened('ShipmentDispatched')));

    expect(store.calls).toEqual(['read elsewhere-ShipmentDispatched', `append ${END}`]);
    expect(store.published().at(-1)).toMatchObject({ type: 'OrderCompleted', data: { orderId: 'o1' } });
  });

  test.each(['InventoryRejected', 'InventoryReleased'])('is the cancellation, upon %s', async (cause) => {
    const { store, happened, end } = bench();

    await end(deliveryOf(await happened(cause)));

    expect(store.calls).toEqual([`append ${END}`]);
    expect(store.published().at(-1)).toMatchObject({
      stream: END,
      type: 'OrderCancelled',
      data: { orderId: 'o1', reason: cause },
    });
  });

  test.each(['PaymentDeclined', 'PaymentRefunded', 'ShippingFailed', 'PaymentCaptured'])(
    'is not there upon %s',
    async (type) => {
      const { store, end } = bench();
      const data = { orderId: 'o1', reason: 'no funds', chargeId: 'c1' };

      await end(deliveryOf(await record(store.inner, 'elsewhere-1', { type, data })));

      expect(store.calls).toEqual([]);
    },
  );

  test('is recorded once, of ten deliveries at once', async () => {
    const { store, happened, end } = bench();
    const delivery = deliveryOf(await happened('ShipmentDispatched'));

    await Promise.all(Array.from({ length: 10 }, () => end(delivery)));

    expect(store.typesIn(END)).toEqual(['OrderCompleted']);
  });

  test.each([
    ['OrderCompleted', ['ShipmentDispatched', 'InventoryReleased']],
    ['OrderCancelled', ['InventoryReleased', 'ShipmentDispatched']],
  ] as const)('is %s when that comes first, and stays so', async (first, [sooner, later]) => {
    const { store, happened, end } = bench();
    const [one, other] = [deliveryOf(await happened(sooner)), deliveryOf(await happened(later))];

    await end(one);
    await end(other);

    expect(store.typesIn(END)).toEqual([first]);
  });

  test('is one of both when both come at once', async () => {
    const { store, happened, end } = bench();
    const deliveries = [
      deliveryOf(await happened('InventoryReleased')),
      deliveryOf(await happened('ShipmentDispatched')),
    ];

    await Promise.all(deliveries.map(end));

    expect([['OrderCompleted'], ['OrderCancelled']]).toContainEqual(store.typesIn(END));
  });

  test('is asked for again when the store fails', async () => {
    const { store, happened, end } = bench();
    const delivery = deliveryOf(await happened('ShipmentDispatched'));
    store.before = () => {
      throw new Error('no connection');
    };

    await expect(end(delivery)).rejects.toThrow('no connection');
  });

  test('has the key of the run, whatever the definition makes of it', async () => {
    const { store, happened } = bench();
    const { done } = fulfilment.end;
    const other = { ...fulfilment, end: { ...fulfilment.end, done: { ...done, data: () => ({ orderId: 'o2' }) } } };

    const attempt = createEndHandler(other, { store })(deliveryOf(await happened('ShipmentDispatched')));

    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'INVALID_OUTCOME' }));
    expect(store.typesIn(END)).toEqual([]);
  });
});

describe('the cancellation of a saga that begins with several steps', () => {
  const saga = trip([step('Hotel', 'Placed'), step('Car', 'Placed'), pivot('Pay', all('HotelDone', 'CarDone'))]);
  const CAR = 'trip.Car-o1';

  function open() {
    const store = new WatchedStore();
    const provider = new FakeProvider();
    const handler = (name: string) => handlerOf(saga, name, store, provider);
    const published = (type: string) => {
      const event = store.published().find((candidate) => candidate.type === type);
      if (event === undefined) throw new Error(`There is no ${type}.`);
      return deliveryOf(event);
    };
    return { store, provider, handler, published, end: createEndHandler(saga, { store, clock: stillClock }) };
  }

  test('waits until every one of them is taken back', async () => {
    const { store, provider, handler, published, end } = open();
    const placed = deliveryOf(await place(store.inner));
    provider.refused.add('trip/Hotel/o1');
    await handler('Hotel')(placed);
    await handler('Car')(placed);

    await end(published('HotelFailed'));
    expect(store.typesIn('trip.end-o1')).toEqual([]);

    await handler('Car')(published('HotelFailed'));
    await end(published('CarUndone'));
    expect(store.typesIn('trip.end-o1')).toEqual(['Cancelled']);
    expect(provider.standings.get('trip/Car/o1')).toBe('taken back');
  });

  test('waits for one that is still at work', async () => {
    const { store, provider, handler, published, end } = open();
    const placed = deliveryOf(await place(store.inner));
    provider.refused.add('trip/Hotel/o1');
    await handler('Hotel')(placed);
    provider.after = () => {
      throw new Error('no answer');
    };
    await handler('Car')(placed);
    provider.after = () => undefined;

    await end(published('HotelFailed'));
    expect(store.typesIn('trip.end-o1')).toEqual([]);

    await handler('Car')(published('HotelFailed'));
    await end(published('CarFailed'));
    expect(store.typesIn('trip.end-o1')).toEqual(['Cancelled']);
  });

  test('bars one that was never begun, and waits for nothing: no event would ask again', async () => {
    const { store, provider, handler, published, end } = open();
    const placed = deliveryOf(await place(store.inner));
    provider.refused.add('trip/Hotel/o1');
    await handler('Hotel')(placed);

    await end(published('HotelFailed'));
    await handler('Car')(placed);

    expect(store.typesIn('trip.end-o1')).toEqual(['Cancelled']);
    expect(store.typesIn(CAR)).toEqual(['$tombstoned']);
    expect(provider.calls).toEqual(['act trip/Hotel/o1']);
  });

  test('looks again when one begins while it bars it', async () => {
    const { store, provider, handler, published, end } = open();
    const placed = deliveryOf(await place(store.inner));
    provider.refused.add('trip/Hotel/o1');
    await handler('Hotel')(placed);
    store.before = async (call) => {
      if (call !== `append ${CAR}`) return;
      store.before = () => undefined;
      await handler('Car')(placed);
    };

    await end(published('HotelFailed'));

    expect(store.typesIn(CAR)).toEqual(['$started', 'CarDone']);
    expect(store.typesIn('trip.end-o1')).toEqual([]);
  });

  test('is there at once when all of them were taken back before', async () => {
    const { store, handler, provider, published, end } = open();
    const placed = deliveryOf(await place(store.inner));
    for (const name of ['Hotel', 'Car']) {
      provider.refused.add(`trip/${name}/o1`);
      await handler(name)(placed);
    }

    await end(published('CarFailed'));
    await end(published('HotelFailed'));

    expect(store.typesIn('trip.end-o1')).toEqual(['Cancelled']);
  });
});

test('an order that was only placed has no end', async () => {
  const { store, end } = bench();

  await end(deliveryOf(await placeOrder(store.inner)));

  expect(store.calls).toEqual([]);
});
