import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Commit, InMemoryEventStore } from '@everfold/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InMemoryReadModelStore } from '../../read-models/in-memory-read-model-store.js';
import { createReader } from '../../reader.js';
import { cancelled, noted, orders, placed, record } from '../../shop.test.fixture.js';
import { readRebuild } from '../rebuild-record.js';
import { claimItem, type ExportOptions, itemOf, type JsonItem, writeExport } from './export.test.fixture.js';
import { rebuildFromExport } from './rebuild-from-export.js';

let events: InMemoryEventStore;
let readModels: InMemoryReadModelStore;
let commits: Commit[];
const written: string[] = [];

beforeEach(async () => {
  events = new InMemoryEventStore();
  readModels = new InMemoryReadModelStore();
  commits = [];
  for (let order = 0; order < 20; order++)
    commits.push(...(await record(events, `order-${order}`, [placed(order), noted], [cancelled], [placed(order + 1)])));
});

afterEach(async () => {
  for (const directory of written.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function exported(files: readonly (readonly (JsonItem | string)[])[], options: ExportOptions = {}) {
  const its = await writeExport(files, options);
  written.push(its.directory);
  return its;
}

const from = (directory: string) => rebuildFromExport({ projection: orders, readModels, directory });
const rows = async () => (await createReader(orders, readModels).all({ limit: 1000 })).rows;
const items = () => commits.map((commit) => itemOf(commit));

describe('a rebuild from an export', () => {
  it('applies every stream in version order, whatever the order of the items and their files', async () => {
    const shuffled = items()
      .toSorted((one, other) => JSON.stringify(one).length - JSON.stringify(other).length)
      .reverse();
    const { directory } = await exported([shuffled.slice(0, 7), [], [...shuffled.slice(7), claimItem]]);

    const done = await from(directory);

    expect(done).toMatchObject({ streams: 20, commits: 60, events: 80 });
    expect(await rows()).toHaveLength(20);
    expect(await createReader(orders, readModels).get('order-7')).toMatchObject({ status: 'placed', cents: 8 });
  });

  it('is known to hold everything up to the time of the export', async () => {
    const { directory } = await exported([items()]);

    await from(directory);

    expect(await readRebuild(orders.rows, readModels)).toMatchObject({ since: '2026-02-01T00:00:00.000Z' });
  });

  it('reads packed events, and commits twice in it once', async () => {
    const packed = commits.map((commit) => itemOf(commit, { packed: true }));
    const { directory } = await exported([packed, packed.slice(0, 5)]);

    expect(await from(directory)).toMatchObject({ commits: 60 });
    expect(await rows()).toHaveLength(20);
  });

  it('reads files without a manifest, given the directory of one export', async () => {
    const { root } = await exported([items()], { withManifest: false });

    expect(await from(root)).toMatchObject({ commits: 60 });
  });

  it('leaves nothing on the disk', async () => {
    const { directory } = await exported([items()]);

    await rebuildFromExport({ projection: orders, readModels, directory, temporaryDirectory: directory });

    expect(await readdir(directory)).toEqual(['AWSDynamoDB']);
  });
});

describe('a version that is in no file', () => {
  const without = () => exported([items().filter((_, index) => index !== 4)]);

  it('is read from the event store', async () => {
    const { directory } = await without();

    const done = await rebuildFromExport({ projection: orders, readModels, directory, eventStore: events });

    expect(done).toMatchObject({ commits: 60, events: 80 });
  });

  it('holds its stream back without one, by name, and the others go on', async () => {
    const { directory } = await without();

    await expect(from(directory)).rejects.toMatchObject({
      code: 'REBUILD_INCOMPLETE',
      failures: [{ stream: 'order-1', after: 2, reason: expect.stringContaining('version 3 is in none of its files') }],
    });
    expect(await rows()).toHaveLength(20);
  });

  it('holds its stream back when the event store has it neither', async () => {
    const { directory } = await without();
    const eventStore = new InMemoryEventStore();

    const rebuilding = rebuildFromExport({ projection: orders, readModels, directory, eventStore });

    await expect(rebuilding).rejects.toMatchObject({ code: 'REBUILD_INCOMPLETE', failures: [{ stream: 'order-1' }] });
  });
});

describe('an export is refused', () => {
  const unreadable = (reason: string, more: object = {}) => ({
    code: 'EXPORT_UNREADABLE',
    message: expect.stringContaining(reason),
    ...more,
  });

  it.each([
    ['is no JSON', '{"Item":', 'it is not JSON'],
    ['is empty', '', 'it is not JSON'],
    ['is no object', '[1]', 'not a JSON object'],
    ['has no stream', '{"Item":{"pk":{"S":"a"}}}', 'not of an event table'],
    ['is a change', '{"Metadata":{},"Keys":{},"NewImage":{}}', 'the export is incremental'],
    ['is no commit', '{"Item":{"stream":{"S":"order-1"},"version":{"N":"1"}}}', 'its item has no string "meta"'],
    [
      'has another number of events than versions',
      JSON.stringify({ Item: { ...itemOf(aCommit()), last: { N: '9' } } }),
      'do not end at version 9',
    ],
  ])('with the line that %s', async (_, line, reason) => {
    const { directory, fileOf } = await exported([
      items().slice(0, 2),
      [...items().slice(2, 4), line, ...items().slice(4)],
    ]);

    await expect(from(directory)).rejects.toMatchObject(unreadable(reason, { file: fileOf(1), line: 3 }));
  });

  it('when a file is cut short', async () => {
    const { directory, fileOf } = await exported([items()]);
    const bytes = await readFile(fileOf(0));
    await writeFile(fileOf(0), bytes.subarray(0, bytes.length - 20));

    await expect(from(directory)).rejects.toMatchObject(unreadable('cannot be unpacked', { file: fileOf(0) }));
  });

  it('when a file has another number of items, or another MD5, than the manifest says', async () => {
    const fewer = await exported([items()], { manifest: (file) => ({ ...file, itemCount: 61 }) });
    const other = await exported([items()], {
      manifest: (file) => ({ ...file, md5Checksum: 'sQMSpEILNgoQmarvDFonGQ==' }),
    });

    await expect(from(fewer.directory)).rejects.toMatchObject(unreadable('has 60 items, and the manifest says 61'));
    await expect(from(other.directory)).rejects.toMatchObject(unreadable('the manifest says sQMSpEILNgoQmarvDFonGQ=='));
  });

  it('when a file is missing', async () => {
    const { directory, fileOf } = await exported([items(), []]);
    await rm(fileOf(1));

    await expect(from(directory)).rejects.toMatchObject(unreadable('it is not there', { file: fileOf(1) }));
  });

  it.each([
    ['incremental', { exportType: 'INCREMENTAL_EXPORT' }, 'make a FULL_EXPORT'],
    ['in Amazon Ion', { outputFormat: 'ION' }, 'export as DYNAMODB_JSON'],
  ])('when it is %s', async (_, summary, reason) => {
    const { directory } = await exported([items()], { summary });

    await expect(from(directory)).rejects.toMatchObject(unreadable(reason));
  });

  it('when there is none, several, or a manifest of something else', async () => {
    const { directory, root } = await exported([items()]);
    await expect(from(join(directory, 'nowhere'))).rejects.toMatchObject(unreadable('not a directory'));
    const odd = await exported([items()], { manifest: () => ({ key: 'x' }) });
    await expect(from(odd.directory)).rejects.toMatchObject(unreadable('no dataFileS3Key', { line: 1 }));
    const empty = await exported([], { withManifest: false });
    await expect(from(empty.directory)).rejects.toMatchObject(unreadable('neither a manifest'));
    await writeFile(join(root, 'data', 'manifest-files.json'), '');
    await expect(from(directory)).rejects.toMatchObject(unreadable('several exports'));
  });
});

describe('a run that ends early', () => {
  it('is gone on with: what was applied is not applied again', async () => {
    // So much noise that one bucket does not do.
    const noisy = commits.map((commit) => ({
      ...itemOf(commit),
      noise: { S: randomBytes(60_000).toString('base64') },
    }));
    const { directory } = await exported([noisy]);
    const stop = new AbortController();
    const options = { projection: orders, readModels, directory, unitEvents: 1 };
    await expect(
      rebuildFromExport({ ...options, onProgress: () => stop.abort(), signal: stop.signal }),
    ).rejects.toThrow('aborted');
    const before = await readRebuild(orders.rows, readModels);

    const done = await rebuildFromExport(options);

    expect(before).toMatchObject({ cursor: '1' });
    expect(before?.commits).toBeLessThan(60);
    expect(done).toMatchObject({ streams: 20, commits: 60, events: 80 });
    expect(await rows()).toHaveLength(20);
  });
});

function aCommit(): Commit {
  const metadata = { correlationId: 'c', causationId: 'c' };
  return {
    stream: 'order-x',
    version: 1,
    last: 1,
    id: '01',
    at: '2026-01-01T00:00:00.000Z',
    events: [placed(1)],
    metadata,
  };
}
