import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LineLogOptions } from '../state/line-log.js';
import { type CheckpointKey, type Checkpoints, InMemoryCheckpoints } from './checkpoints.js';
import { type FileCheckpoints, openFileCheckpoints } from './file-checkpoints.js';

const key: CheckpointKey = { consumer: 'projector', source: 'arn:events', shard: 'shard-1' };

async function temporaryFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'checkpoints.jsonl');
}

async function openFile(options: LineLogOptions): Promise<FileCheckpoints> {
  const checkpoints = await openFileCheckpoints(options);
  onTestFinished(() => checkpoints.close());
  return checkpoints;
}

const implementations: readonly (readonly [string, () => Promise<Checkpoints>])[] = [
  ['in memory', async () => new InMemoryCheckpoints()],
  ['in a file', async () => openFile({ path: await temporaryFile() })],
];

describe.each(implementations)('checkpoints %s', (_name, make) => {
  it('know nothing of a consumer at first', async () => {
    expect(await (await make()).load(key)).toBeUndefined();
  });

  it('give back the last position that was saved', async () => {
    const checkpoints = await make();
    await checkpoints.save(key, { after: '1' });
    await checkpoints.save(key, { after: '2' });

    expect(await checkpoints.load(key)).toEqual({ after: '2' });
  });

  it('give back that a shard is done with', async () => {
    const checkpoints = await make();
    await checkpoints.save(key, { after: '1' });
    await checkpoints.save(key, 'SHARD_END');

    expect(await checkpoints.load(key)).toBe('SHARD_END');
  });

  it('keep consumers, streams and shards apart', async () => {
    const checkpoints = await make();
    const others = [
      { ...key, consumer: 'publisher' },
      { ...key, source: 'arn:others' },
      { ...key, shard: 'shard-2' },
    ];
    await checkpoints.save(key, { after: '0' });
    for (const [index, other] of others.entries()) await checkpoints.save(other, { after: `${index + 1}` });

    const loaded = await Promise.all([key, ...others].map((each) => checkpoints.load(each)));

    expect(loaded).toEqual([{ after: '0' }, { after: '1' }, { after: '2' }, { after: '3' }]);
  });
});

describe('checkpoints in a file', () => {
  it('are found by the next process as soon as they are saved, also after the file was written anew', async () => {
    const path = await temporaryFile();
    const first = await openFile({ path, compactFrom: 300 });
    await first.save({ ...key, shard: 'shard-0' }, 'SHARD_END');
    for (let after = 1; after <= 100; after += 1) await first.save(key, { after: `${after}` });

    const second = await openFile({ path });

    expect(await second.load(key)).toEqual({ after: '100' });
    expect(await second.load({ ...key, shard: 'shard-0' })).toBe('SHARD_END');
  });

  it.each(['{"consumer":"projector","source":"arn:events","shard":"shard-1"}', '7', 'null'])(
    'refuse a file with the line %s',
    async (line) => {
      const path = await temporaryFile();
      await writeFile(path, `${line}\n`);

      await expect(openFileCheckpoints({ path })).rejects.toMatchObject({ code: 'STATE_UNREADABLE', line: 1 });
    },
  );
});
