import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimAddress, claimDirectory } from './claim-directory.js';
import { openHostState } from './host-state.js';

const STREAM = 'arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/2026-01-02T03:04:05.678';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('the state of a host', () => {
  it('is found by the next host on the same stream, and not by one on a table that was made anew', async () => {
    const key = { consumer: 'projector', source: STREAM, shard: 'shard-1' };
    const first = await openHostState(directory, STREAM);
    await first.checkpoints.save(key, { after: '1' });
    await first.close();

    const second = await openHostState(directory, STREAM);
    const other = await openHostState(directory, STREAM.replace('03:04', '03:05'));

    expect(await second.checkpoints.load(key)).toEqual({ after: '1' });
    expect(await other.checkpoints.load(key)).toBeUndefined();
    await Promise.all([second.close(), other.close()]);
  });

  it('has a directory that can be told from others by its name, however long the table is called', async () => {
    const long = STREAM.replace('events', 'e'.repeat(255));
    for (const source of [STREAM, long]) await (await openHostState(directory, source)).close();

    const names = (await readdir(directory)).toSorted();

    expect(names).toEqual([
      expect.stringMatching(/^e+_stream_2026-01-02T03_04_05.678-[0-9a-f]{8}$/),
      expect.stringMatching(/^events_stream_2026-01-02T03_04_05.678-[0-9a-f]{8}$/),
    ]);
    for (const name of names) expect(name.length).toBeLessThan(100);
  });

  it('belongs to one host at a time', async () => {
    const first = await openHostState(directory, STREAM);

    await expect(openHostState(directory, STREAM)).rejects.toMatchObject({
      code: 'STATE_IN_USE',
      message: expect.stringContaining('Stop it'),
    });

    await first.close();
    await (await openHostState(directory, STREAM)).close();
  });
});

describe('a claim on a directory', () => {
  it('ends with the process that had it, also when that is killed', async () => {
    const listener = `require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))`;
    const holder = spawn(process.execPath, ['-e', listener, claimAddress(directory)]);
    await once(holder.stdout, 'data');
    await expect(claimDirectory(directory)).rejects.toMatchObject({ code: 'STATE_IN_USE' });

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    await (await claimDirectory(directory))();
  });
});
