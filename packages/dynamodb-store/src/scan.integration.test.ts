import { endOf, type ScanOptions, type ScanProgress, startOf, streamName } from '@everfold/core';
import { afterAll, describe, expect, test } from 'vitest';
import { meterCapacity } from './capacity-meter.js';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);
const meter = meterCapacity(table.client);
const metadata = { correlationId: 'c', causationId: 'k' };

let time = 0;
const slept: number[] = [];
const clock = {
  now: () => time,
  sleep: async (milliseconds: number) => {
    slept.push(milliseconds);
    time += milliseconds;
  },
};
const store = new DynamoDBEventStore({ ...table, compressAboveBytes: Number.POSITIVE_INFINITY });
const timed = new DynamoDBEventStore({ ...table, clock });

// 24 commits of 200 KB: four pages.
for (let stream = 0; stream < 6; stream++) {
  let after = startOf(streamName('large', String(stream)));
  for (let commit = 0; commit < 4; commit++) {
    const events = [{ type: 'Written', data: 'x'.repeat(200_000) }];
    after = endOf(await store.append({ after, events, metadata }));
  }
}
await store.transact([{ claim: { name: 'email', value: 'ada@example.com' }, by: 'customer-1' }]);

async function scan(options: ScanOptions): Promise<{ keys: string[]; cursors: string[] }> {
  const keys: string[] = [];
  const cursors: string[] = [];
  for await (const { commits, cursor } of timed.scan(options)) {
    keys.push(...commits.map(({ stream, version }) => `${stream}@${version}`));
    cursors.push(cursor);
  }
  return { keys, cursors };
}

describe('a scan of many pages', () => {
  test.each([1, 3])('in %d segments brings every commit once, and goes on after each page', async (segments) => {
    const { keys, cursors } = await scan({ segments });

    expect(new Set(keys).size).toBe(24);
    expect(keys).toHaveLength(24);
    expect(cursors.length).toBeGreaterThanOrEqual(4);
    for (const [index, cursor] of cursors.entries()) {
      const rest = await scan({ segments, cursor });
      expect(rest.keys.length).toBeLessThan(24);
      if (segments === 1) expect(rest.cursors).toHaveLength(cursors.length - 1 - index);
    }
  });

  test('costs half a read unit for each 4 KB, and says so', async () => {
    meter.reset();
    const told: ScanProgress[] = [];

    await scan({ onProgress: (progress) => told.push(progress) });

    const { requests, capacityUnits } = meter.read();
    expect(requests.Scan).toBeGreaterThanOrEqual(4);
    expect(capacityUnits.Scan).toBeGreaterThan(24 * 24);
    expect(capacityUnits.Scan).toBeLessThan(24 * 26);
    expect(told.at(-1)).toEqual({
      commits: 24,
      events: 24,
      requests: requests.Scan,
      readUnits: capacityUnits.Scan,
      segments: 1,
      segmentsDone: 1,
    });
  });

  test.each([1, 4])('in %d segments keeps to the pace it was told', async (segments) => {
    slept.length = 0;
    const began = time;
    const told: ScanProgress[] = [];

    await scan({ segments, unitsPerSecond: 100, onProgress: (progress) => told.push(progress) });

    // What the last page of each segment costs is not waited for.
    const units = told.at(-1)?.readUnits ?? 0;
    const waited = (time - began) / 1_000;
    expect(units).toBeGreaterThan(500);
    expect(waited).toBeGreaterThan((units - 160 * segments) / 100);
    expect(waited).toBeLessThanOrEqual(units / 100);
  });

  test('does not wait where it was told no pace', async () => {
    slept.length = 0;

    await scan({});

    expect(slept).toEqual([]);
  });
});
