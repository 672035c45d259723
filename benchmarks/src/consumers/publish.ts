import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type Commit, defineEvents, recordedEvents } from '@everfold/core';
import { inParallel } from '@everfold/dynamodb-store';
import { createPublisher } from '@everfold/eventbridge';
import type { Batch } from '../measure.js';
import type { LineAdded, OrderPlaced } from '../order.js';
import { unchecked } from '../unchecked.js';
import { type Arrived, findArrivalFlaws } from './arrivals.js';
import { commitsOf, recordBatch } from './batch.js';
import { deliver } from './project.js';
import { CONCURRENCY, type ConsumerName, type ConsumerRow, type Setting } from './row.js';

const events = defineEvents({ OrderPlaced: unchecked<OrderPlaced>(), LineAdded: unchecked<LineAdded>() });
const address = { busName: 'orders', source: 'shop.orders' };
const MOST_ENTRIES = 10;

export const publishRow: ConsumerRow = {
  name: 'publish',
  title: 'every event of the batch is put on a bus that answers at once',
  endpoint: 'stub',
  unit: 'entries',
  consumers: (setting) => [
    { name: 'everfold', prepare: () => published(setting) },
    { name: 'raw', prepare: () => put(setting) },
  ],
};

async function published(setting: Setting): Promise<Batch> {
  const { commits, delivery } = await recordBatch();
  const handler = createPublisher({ ...address, client: setting.bus, events, concurrency: CONCURRENCY });
  return { run: () => deliver(handler, delivery), check: () => checkArrivals('everfold', setting, commits) };
}

/** The least possible: ten entries a request, in the order of the batch, and no look at what was refused. */
async function put(setting: Setting): Promise<Batch> {
  const { commits, delivery } = await recordBatch();
  return {
    async run() {
      const entries = commitsOf(delivery).flatMap(toEntries);
      const requests = Array.from({ length: Math.ceil(entries.length / MOST_ENTRIES) }, (_, index) =>
        entries.slice(index * MOST_ENTRIES, (index + 1) * MOST_ENTRIES),
      );
      await inParallel(requests, CONCURRENCY, async (Entries) => {
        await setting.bus.send(new PutEventsCommand({ Entries }));
      });
    },
    check: () => checkArrivals('raw', setting, commits),
  };
}

/** The details that the publisher makes, by hand. */
export function toEntries(commit: Commit): PutEventsRequestEntry[] {
  const { stream, version, at, metadata } = commit;
  return commit.events.map(({ type, data }, index) => ({
    EventBusName: address.busName,
    Source: address.source,
    DetailType: type,
    Time: new Date(at),
    Detail: JSON.stringify({
      id: `${commit.id}.${index}`,
      stream,
      category: 'order',
      version: version + index,
      at,
      data,
      metadata,
    }),
  }));
}

/** Throws unless the bus got every event once; and, of a publisher, each stream's in its order. */
async function checkArrivals(who: ConsumerName, { busUrl }: Setting, commits: readonly Commit[]): Promise<void> {
  const response = await fetch(busUrl);
  const arrived = (await response.json()) as Arrived[];
  const flaws = findArrivalFlaws(arrived, commits.flatMap(recordedEvents), who === 'everfold');
  if (flaws.length > 0) throw new Error(`Publishing by ${who} went wrong: ${flaws.join('; ')}.`);
}
