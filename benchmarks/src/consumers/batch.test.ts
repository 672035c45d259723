import { describe, expect, test } from 'vitest';
import { commitsOf, EVENTS, foldOrders, foldSales, recordBatch, STREAMS } from './batch.js';

describe('a batch', () => {
  test('delivers commits of three events, each stream in version order among the others', async () => {
    const { commits, delivery } = await recordBatch();

    expect(commitsOf(delivery)).toEqual(commits);
    expect(commits.map(({ events }) => events.length)).toEqual(Array(EVENTS / 3).fill(3));
    const [first] = commits;
    const ofFirst = commits.flatMap(({ stream, version }, index) =>
      stream === first?.stream ? [[index, version]] : [],
    );
    expect(ofFirst).toEqual([0, 1, 2, 3, 4].map((round) => [round * STREAMS, 1 + round * 3]));
  });

  test('is new to everybody each time', async () => {
    const streams = async () => (await recordBatch()).commits.map(({ stream }) => stream);

    expect(new Set([...(await streams()), ...(await streams())]).size).toBe(2 * STREAMS);
  });

  test('comes to an order for each stream, and to sales of the same money', async () => {
    const { events } = await recordBatch();

    const orders = [...foldOrders(events).values()];
    const sales = [...foldSales(events).values()];

    expect(orders).toHaveLength(STREAMS);
    expect(orders.map(({ lines }) => lines)).toEqual(Array(STREAMS).fill(14));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(sales.map(({ cents }) => cents))).toBe(sum(orders.map(({ totalCents }) => totalCents)));
    expect(sum(sales.map(({ units }) => units))).toBe(sum(orders.map(({ units }) => units)));
  });
});
