import { expect, it } from 'vitest';
import { Discovery } from './discovery.js';

/** Runs a discovery for so many milliseconds, and gives the times at which it looked. */
async function run(totalMs: number, onLook: (discovery: Discovery, time: number) => void = () => {}) {
  let time = 0;
  const times: number[] = [];
  const ending = new AbortController();
  const sleep = async (milliseconds: number) => {
    time += milliseconds;
    if (time >= totalMs) ending.abort();
  };
  const discovery = new Discovery({ clock: { now: () => time, sleep }, signal: ending.signal, discoverMs: 1_000 });
  await discovery.run(async () => {
    times.push(time);
    onLook(discovery, time);
  });
  return times;
}

it('looks for shards now and then', async () => {
  expect(await run(3_500)).toEqual([1_000, 2_000, 3_000]);
});

it('looks at once when asked to, and then waits anew', async () => {
  const times = await run(3_500, (discovery, time) => {
    if (time === 1_000) discovery.request();
  });

  expect(times).toEqual([1_000, 1_100, 2_100, 3_100]);
});
