import { beforeEach, describe, expect, it } from 'vitest';
import { createReader } from '../reader.js';
import { dropVersion } from './drop-version.js';
import { readLiveMark } from './live-projector.js';
import { readServing } from './serving.js';
import { switchReads } from './switch-reads.js';
import { v1, v2, versionsBench } from './versions.test.fixture.js';

let bench: ReturnType<typeof versionsBench>;

beforeEach(() => {
  bench = versionsBench();
});

describe('a version is dropped', () => {
  const drop = (version: typeof v1) => dropVersion({ version, ...bench.ports });

  it('with everything that belongs to it, when nobody reads or writes it any more', async () => {
    await bench.build();
    await switchReads({ from: v1, to: v2, ...bench.ports });
    bench.clock.time += 60_000;

    const removed = await drop(v1);

    // Six rows, and the mark of the live handler.
    expect(removed).toBe(7);
    expect((await createReader(v1, bench.readModels).all()).rows).toEqual([]);
    expect(await readLiveMark(bench.readModels, v1.rows)).toBeUndefined();
    expect((await createReader(v2, bench.readModels).all()).rows).toHaveLength(6);
    expect(await readServing(bench.readModels, 'orders')).toEqual({ version: 2, since: '2026-03-01T00:00:10.000Z' });
  });

  it.each([
    ['while it serves', v2, async () => undefined, 'it serves'],
    ['while it may still be read', v1, async () => void bench.clock.sleep(59_999), 'may still be read'],
    [
      'while its handler runs',
      v1,
      async () => {
        bench.clock.time += 60_000;
        await bench.live(v1)(await bench.append());
      },
      'Take it away first',
    ],
  ])('not %s', async (_, version, meanwhile, reason) => {
    await bench.build();
    await switchReads({ from: v1, to: v2, ...bench.ports });
    await meanwhile();

    await expect(drop(version)).rejects.toMatchObject({
      code: 'VERSION_IN_USE',
      message: expect.stringContaining(reason),
    });
    expect((await createReader(version, bench.readModels).all()).rows).not.toEqual([]);
  });

  it('not while it is unknown which version serves', async () => {
    await expect(drop(v1)).rejects.toMatchObject({ code: 'VERSION_IN_USE' });
  });

  it('in a second run, when the first was interrupted; reads are not switched back meanwhile', async () => {
    await bench.build();
    await switchReads({ from: v1, to: v2, ...bench.ports });
    bench.clock.time += 60_000;
    const onProgress = () => {
      throw new Error('interrupted');
    };
    await expect(dropVersion({ version: v1, ...bench.ports, onProgress })).rejects.toThrow('interrupted');

    await expect(switchReads({ from: v2, to: v1, proof: 'waived', ...bench.ports })).rejects.toThrow(
      'it is being dropped',
    );
    await drop(v1);
    expect((await readServing(bench.readModels, 'orders'))?.dropping).toBeUndefined();
  });
});
