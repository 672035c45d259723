import { recordedEvents } from '@everfold/core';
import { toEntry } from '@everfold/eventbridge';
import { expect, test } from 'vitest';
import { recordBatch } from './batch.js';
import { toEntries } from './publish.js';

test('entries that are made by hand are those of the publisher', async () => {
  const { commits } = await recordBatch();

  const entries = commits.flatMap(toEntries);

  const address = { busName: 'orders', source: 'shop.orders' };
  expect(entries).toEqual(commits.flatMap(recordedEvents).map((event) => toEntry(event, address)));
});
