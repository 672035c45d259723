import { expect, it } from 'vitest';
import { type Bar, type RebuildProgress, showRebuild } from './progress.js';

function barOf() {
  const calls: unknown[][] = [];
  const bar: Bar = {
    start: (...args) => void calls.push(['start', ...args]),
    update: (...args) => void calls.push(['update', ...args]),
    setTotal: (...args) => void calls.push(['setTotal', ...args]),
  };
  return { bar, calls };
}

const progress: RebuildProgress = {
  streams: 1_200,
  commits: 30,
  events: 4_500_000,
  failedStreams: 0,
  eventsPerSecond: 31_234.5,
  expectedCommits: 100,
  remainingMs: 61_000,
};
const payload = { streams: '1,200', events: '4,500,000', eventsPerSecond: '31,235', remaining: '1m1s' };

it('a bar is started by the first progress, and moved on by each', () => {
  const { bar, calls } = barOf();
  const show = showRebuild(bar);

  show(progress);
  show({ ...progress, commits: 60, remainingMs: 3_660_000 });

  expect(calls).toEqual([
    ['start', 100, 30, payload],
    ['setTotal', 100],
    ['update', 30, payload],
    ['setTotal', 100],
    ['update', 60, { ...payload, remaining: '1h1m' }],
  ]);
});

it('a bar grows when there is more than was counted, and stays empty when nothing was', () => {
  const { bar, calls } = barOf();

  showRebuild(bar)({ ...progress, commits: 130, remainingMs: 400 });
  showRebuild(bar)({ ...progress, expectedCommits: undefined, remainingMs: undefined });

  expect(calls).toContainEqual(['update', 130, { ...payload, remaining: '1s' }]);
  expect(calls.filter(([name]) => name === 'setTotal')).toEqual([
    ['setTotal', 130],
    ['setTotal', Number.POSITIVE_INFINITY],
  ]);
  expect(calls.at(-1)).toEqual(['update', 30, { ...payload, remaining: 'unknown' }]);
});
