import { type Commit, InMemoryEventStore, recordedEvents, startOf } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import { createReader, InMemoryReadModelStore, projectionHandler } from '@everfold/projections';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderView } from './order-view.js';

const orderId = 'o1';
const order = {
  customerId: 'ada',
  placedAt: '2018-01-31T10:00:00Z',
  lines: [{ productId: 'lamp', units: 2 }],
  amountCents: 9_980,
  paymentToken: 'tok_ok',
  postcode: '01310-100',
};

/** An order that could not be shipped, as its participants recorded it in streams of their own. */
const HISTORY = [
  { stream: 'order-o1', events: [{ type: 'OrderPlaced', data: { orderId, order } }] },
  { stream: 'reservation-o1', events: [{ type: 'InventoryReserved', data: { orderId, order } }] },
  { stream: 'payment-o1', events: [{ type: 'PaymentCaptured', data: { orderId, amountCents: 9_980, order } }] },
  { stream: 'shipment-o1', events: [{ type: 'ShippingFailed', data: { orderId, reason: 'too far' } }] },
  {
    stream: 'payment-o1',
    events: [{ type: 'PaymentRefunded', data: { orderId, amountCents: 9_980, reason: 'too far' } }],
  },
  { stream: 'reservation-o1', events: [{ type: 'InventoryReleased', data: { orderId, units: 2, reason: 'too far' } }] },
  { stream: 'order-o1', events: [{ type: 'CancellationRequested', data: { orderId, reason: 'too slow' } }] },
  { stream: 'fulfilment.end-o1', events: [{ type: 'OrderCancelled', data: { orderId, reason: 'too far' } }] },
] as const;

async function record() {
  let now = 0;
  const clock = { now: () => ++now * 1000, sleep: async () => undefined };
  const store = new InMemoryEventStore({ clock });
  const positions = new Map<string, ReturnType<typeof startOf>>();
  const commits: Commit[] = [];
  for (const { stream, events } of HISTORY) {
    const after = positions.get(stream) ?? startOf(stream);
    const commit = await store.append({ after, events, metadata: { correlationId: 'c', causationId: 'c' } });
    positions.set(stream, { ...after, version: commit.last });
    commits.push(commit);
  }
  return { store, commits };
}

describe('the view of an order', () => {
  it('shows where the order is, why, and what is held for it', async () => {
    const { store, commits } = await record();
    const readModels = new InMemoryReadModelStore();
    const handler = projectionHandler({ projection: orderView, eventStore: store, readModels });

    await handler({ Records: commits.slice(0, 4).map((commit, index) => encodeStreamRecord(commit, index + 1)) });

    expect(await createReader(orderView, readModels).get(orderId)).toMatchObject({
      status: 'cancelling',
      failedAt: 'shipping',
      version: 1,
      amountCents: 9_980,
      paidCents: 9_980,
      heldUnits: 2,
    });
  });

  it('has the version of the order itself, not that of what its participants record', async () => {
    const { store, commits } = await record();
    const readModels = new InMemoryReadModelStore();
    const handler = projectionHandler({ projection: orderView, eventStore: store, readModels });
    const later = commits.filter(({ last, stream }) => last === 2 && stream !== 'order-o1');

    await handler({
      Records: [...commits.slice(0, 1), ...later].map((commit, index) => encodeStreamRecord(commit, index + 1)),
    });

    expect(later.length).toBeGreaterThan(0);
    expect(await createReader(orderView, readModels).get(orderId)).toMatchObject({ version: 1 });
  });

  it('comes out the same in whatever order the streams arrive, and however often', async () => {
    const { store, commits } = await record();
    const ids = commits.flatMap(recordedEvents).map(({ id }) => id);

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(commits.length - 1), { maxLength: 12 }),
        fc.shuffledSubarray([...commits.keys()], { minLength: commits.length }),
        async (some, all) => {
          const readModels = new InMemoryReadModelStore();
          const handler = projectionHandler({ projection: orderView, eventStore: store, readModels });

          for (const index of [...some, ...all]) {
            const commit = commits[index];
            if (commit) await handler({ Records: [encodeStreamRecord(commit, index + 1)] });
          }

          const view = await createReader(orderView, readModels).get(orderId);
          expect(view).toMatchObject({
            status: 'cancelled',
            failedAt: 'shipping',
            paidCents: 0,
            heldUnits: 0,
            version: 2,
          });
          expect(view?.timeline.map(({ id }) => id)).toEqual(ids);
        },
      ),
      { numRuns: 100 },
    );
  });
});
