import type { Clock } from '@everfold/core';

/** Time that stands still until somebody moves it on. */
export interface HandClock extends Clock {
  /** Moves time on, from one who waits to the next, and lets each do what it has to do. */
  pass(milliseconds: number): Promise<void>;
  /** How long those wait who wait now, milliseconds from now. */
  waits(): readonly number[];
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function handClock(start: number): HandClock {
  let now = start;
  let sleepers: { readonly due: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds) => new Promise((wake) => void sleepers.push({ due: now + milliseconds, wake })),
    waits: () => sleepers.map(({ due }) => due - now),
    pass: async (milliseconds) => {
      const end = now + milliseconds;
      await settle();
      while (true) {
        const due = Math.min(...sleepers.map((sleeper) => sleeper.due));
        if (due > end) break;
        now = Math.max(now, due);
        const woken = sleepers.filter((sleeper) => sleeper.due <= now);
        sleepers = sleepers.filter((sleeper) => sleeper.due > now);
        for (const { wake } of woken) wake();
        await settle();
      }
      now = end;
    },
  };
}
