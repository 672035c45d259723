import { describe, expect, it } from 'vitest';
import { pause } from './pause.js';

/** A clock that notes the waits, and calls back during each. */
function setUp(duringSleep: () => void = () => {}) {
  const sleeps: number[] = [];
  const ending = new AbortController();
  const sleep = async (milliseconds: number) => {
    sleeps.push(milliseconds);
    duringSleep();
  };
  return { sleeps, ending, waiting: { clock: { now: () => 0, sleep }, signal: ending.signal } };
}

describe('pause', () => {
  it('waits in slices', async () => {
    const { sleeps, waiting } = setUp();

    await pause(250, waiting);

    expect(sleeps).toEqual([100, 100, 50]);
  });

  it('ends with the slice in which it is aborted', async () => {
    const { sleeps, ending, waiting } = setUp(() => ending.abort());

    await pause(10_000, waiting);

    expect(sleeps).toEqual([100]);
  });

  it('does not begin after the abort', async () => {
    const { sleeps, ending, waiting } = setUp();
    ending.abort();

    await pause(10_000, waiting);

    expect(sleeps).toEqual([]);
  });

  it('lets others have their turn even without a wait, so that no loop of retries stalls the process', async () => {
    const { sleeps, waiting } = setUp();

    await pause(0, waiting);

    expect(sleeps).toEqual([0]);
  });
});
