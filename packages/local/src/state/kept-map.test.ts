import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { inMemoryMap, type KeptMap, openFileMap } from './kept-map.js';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kept-map-'));
  path = join(directory, 'numbers.jsonl');
});

afterEach(() => rm(directory, { recursive: true }));

/** Opens a map that may be opened again before it is closed, as the next process does when one was killed. */
async function open(compactFrom = 1_000_000) {
  const map = await openFileMap({ path, compactFrom }, (value) => {
    if (typeof value !== 'number') throw new TypeError('This is no number.');
    return value;
  });
  onTestFinished(() => map.close().catch(() => undefined));
  return map;
}

const implementations: readonly (readonly [string, () => Promise<KeptMap<number>>])[] = [
  ['in memory', async () => inMemoryMap()],
  ['in a file', () => open()],
];

describe.each(implementations)('a map %s', (_name, make) => {
  it('has the last value of each key, but for those that were deleted', async () => {
    const map = await make();

    await map.set('one', 1);
    await map.set('two', 2);
    await map.set('one', 11);
    await map.delete('two');
    await map.delete('three');

    expect([...map.entries()]).toEqual([['one', 11]]);
  });
});

describe('a map in a file', () => {
  it('is found as it was by the next process', async () => {
    const first = await open();
    await first.set('one', 1);
    await first.set('two', 2);
    await first.delete('one');

    expect([...(await open()).entries()]).toEqual([['two', 2]]);
  });

  it('stays small, however much passes through it', async () => {
    const map = await open(500);
    await map.set('oldest', 0);

    for (let number = 1; number <= 200; number += 1) {
      await map.set(`${number}`, number);
      await map.delete(`${number}`);
    }

    expect((await readFile(path)).length).toBeLessThan(600);
    expect([...(await open()).entries()]).toEqual([['oldest', 0]]);
  });

  it('has not what it cannot write', async () => {
    const map = await open();
    await map.set('one', 1);
    await map.close();

    await expect(map.set('one', 2)).rejects.toThrow();
    await expect(map.set('two', 2)).rejects.toThrow();

    expect([...map.entries()]).toEqual([['one', 1]]);
  });

  it.each(['{"key":"one","value":"1"}', '{"value":1}', '[]'])('refuses a file with the line %s', async (line) => {
    await writeFile(path, `${line}\n`);

    await expect(open()).rejects.toMatchObject({ code: 'STATE_UNREADABLE', line: 1 });
  });
});
