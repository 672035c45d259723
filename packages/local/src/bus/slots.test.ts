import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('never runs more tasks at a time than it has slots, and runs all of them', async () => {
    const slots = new Slots(3);
    let running = 0;
    let most = 0;
    const task = async () => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return 'done';
    };

    const results = await Promise.all(Array.from({ length: 20 }, () => slots.run(task)));

    expect(most).toBe(3);
    expect(results).toEqual(new Array(20).fill('done'));
  });

  it('frees the slot of a task that throws', async () => {
    const slots = new Slots(1);

    await expect(slots.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');

    await expect(slots.run(() => Promise.resolve('next'))).resolves.toBe('next');
  });

  it('takes tasks in the order in which they came', async () => {
    const slots = new Slots(1);
    const order: number[] = [];

    await Promise.all([1, 2, 3, 4].map((number) => slots.run(async () => void order.push(number))));

    expect(order).toEqual([1, 2, 3, 4]);
  });
});
