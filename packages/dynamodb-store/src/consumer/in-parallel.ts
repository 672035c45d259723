import { checkWholeNumber } from '@everfold/core';

/**
 * Works through items, several at a time, in their order. A `work` that throws ends the whole, as `Promise.all` does.
 *
 * @param limit - How many at a time, at least 1.
 * @throws InvalidArgumentError when `limit` is not a whole number from 1.
 */
export async function inParallel<TItem>(
  items: readonly TItem[],
  limit: number,
  work: (item: TItem) => Promise<void>,
): Promise<void> {
  checkWholeNumber(`concurrency is ${limit}`, limit, 1);
  // All workers draw from one iterator, so each item is taken once.
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
