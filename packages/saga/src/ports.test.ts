import { type Clock, ConflictError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { retryConflicts } from './ports.js';

function recordingClock(): { readonly clock: Clock; readonly slept: number[] } {
  const slept: number[] = [];
  return { slept, clock: { now: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) } };
}

/** Comes second so many times, and then succeeds. */
function losing(times: number) {
  let calls = 0;
  return {
    calls: () => calls,
    act: async () => {
      if (++calls <= times) throw new ConflictError('order-o1', calls);
    },
  };
}

describe('retryConflicts', () => {
  test('does it once when nobody is first', async () => {
    const { clock, slept } = recordingClock();
    const { act, calls } = losing(0);

    await retryConflicts({ clock }, act);

    expect(calls()).toBe(1);
    expect(slept).toEqual([]);
  });

  test('does it again after waits that double, up to a second', async () => {
    const { clock, slept } = recordingClock();
    const { act, calls } = losing(9);

    await retryConflicts({ clock, random: () => 0.5 }, act);

    expect(calls()).toBe(10);
    expect(slept).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500]);
  });

  test('takes clock and random of the ports by name, and nothing else that they have', async () => {
    const { clock, slept } = recordingClock();
    const { act } = losing(2);
    class Ports {
      readonly backoff = { firstMs: 7_000, longestMs: 7_000 };
      get clock() {
        return clock;
      }
      get random() {
        return () => 0.5;
      }
    }

    await retryConflicts(new Ports(), act);

    expect(slept).toEqual([5, 10]);
  });

  test('gives up after 20 attempts, with the conflict', async () => {
    const { clock } = recordingClock();
    const { act, calls } = losing(20);

    await expect(retryConflicts({ clock }, act)).rejects.toThrow(
      expect.objectContaining({ code: 'CONFLICT', expected: 20 }),
    );
    expect(calls()).toBe(20);
  });

  test('repeats nothing but conflicts', async () => {
    const { clock, slept } = recordingClock();
    let calls = 0;

    const attempt = retryConflicts({ clock }, async () => {
      calls++;
      throw new Error('no connection');
    });

    await expect(attempt).rejects.toThrow('no connection');
    expect(calls).toBe(1);
    expect(slept).toEqual([]);
  });
});
