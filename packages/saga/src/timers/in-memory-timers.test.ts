import { describe, expect, it } from 'vitest';
import { InMemoryTimers } from './in-memory-timers.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const timer = (key: string, second: number) => ({ saga: 'fulfilment', step: 'charge', key, at: at(second) });

async function timersWith(...timers: readonly ReturnType<typeof timer>[]): Promise<InMemoryTimers> {
  const inMemory = new InMemoryTimers();
  for (const each of timers) await inMemory.set(each);
  return inMemory;
}

describe('timers in virtual time', () => {
  it('come back when they are due, the earliest first, and once', async () => {
    const timers = await timersWith(timer('3', 3), timer('1', 1), timer('2', 2));

    expect(timers.due(Date.parse(at(2)))).toEqual([timer('1', 1), timer('2', 2)]);
    expect(timers.due(Date.parse(at(2)))).toEqual([]);
    expect(timers.due(Date.parse(at(9)))).toEqual([timer('3', 3)]);
  });

  it('say when the next one is due', async () => {
    const timers = await timersWith(timer('3', 3), timer('1', 1));

    expect(timers.next()).toBe(at(1));
    timers.due(Date.parse(at(3)));
    expect(timers.next()).toBeUndefined();
  });

  it('are one when the same is set twice, however its time is spelled', async () => {
    const same = { ...timer('1', 1), at: '2026-01-01T02:00:01+02:00' };
    const timers = await timersWith(timer('1', 1), same, timer('1', 1), timer('1', 2));

    expect(timers.due(Date.parse(at(9)))).toEqual([timer('1', 1), timer('1', 2)]);
  });

  it('refuse what is none', async () => {
    await expect(new InMemoryTimers().set({ ...timer('1', 1), step: '' })).rejects.toMatchObject({
      code: 'INVALID_TIMER',
    });
  });
});
