import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { RecordFeed } from './record-feed.js';

async function open(feed: RecordFeed, signal: AbortSignal) {
  const [shard] = await feed.connect(signal).shards();
  if (!shard) throw new Error('The feed has no shard.');
  return shard.open('TRIM_HORIZON');
}

it('gives no more records once its connection has ended, and has them for the next one', async () => {
  const feed = new RecordFeed('memory:orders');
  const ending = new AbortController();
  const cursor = await open(feed, ending.signal);
  feed.push({ eventName: 'INSERT' });

  ending.abort();

  expect(await cursor.read(10)).toEqual({ records: [], isLast: false });
  const next = await open(feed, new AbortController().signal);
  expect(await next.read(10)).toEqual({
    records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '000000000000000000001' } }],
    isLast: false,
  });
});

it('lets a reader that waits go when its connection ends', async () => {
  const ending = new AbortController();
  const cursor = await open(new RecordFeed('memory:orders'), ending.signal);
  const page = cursor.read(10);

  ending.abort();

  expect(await page).toEqual({ records: [], isLast: false });
});

it('leaves nothing behind after a wait', async () => {
  const feed = new RecordFeed('memory:orders');
  const { signal } = new AbortController();
  const cursor = await open(feed, signal);
  const page = cursor.read(10);

  feed.push({});
  await page;

  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
