import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Commit } from '@everfold/core';
import { toItem } from '@everfold/dynamodb-store';

/** An item as DynamoDB JSON has it. */
export type JsonItem = Readonly<Record<string, unknown>>;

/** The item of a commit; packed, its events are bytes, as base64. */
export function itemOf(commit: Commit, { packed = false } = {}): JsonItem {
  const item = toItem(commit);
  if (!packed) return item;
  return {
    ...item,
    enc: { S: 'gzip' },
    events: { B: gzipSync(JSON.stringify(commit.events)).toString('base64') },
  };
}

export const claimItem = {
  stream: { S: '$claim-email:ada@example.com' },
  version: { N: '0' },
  by: { S: 'customer-1' },
};

/** What an export is to be like, beside its files of lines. */
export interface ExportOptions {
  readonly summary?: object;
  /** Changes what the manifest says of each file. */
  readonly manifest?: (file: object) => object;
  readonly withManifest?: boolean;
}

/** Writes an export as DynamoDB does: the directory above `AWSDynamoDB`. */
export async function writeExport(files: readonly (readonly (JsonItem | string)[])[], options: ExportOptions = {}) {
  const { summary = {}, manifest = (file) => file, withManifest = true } = options;
  const directory = await mkdtemp(join(tmpdir(), 'everfold-test-'));
  const root = join(directory, 'AWSDynamoDB', '01693685827463-2d8752fd');
  await mkdir(join(root, 'data'), { recursive: true });
  const listed: string[] = [];
  for (const [index, lines] of files.entries()) {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify({ Item: line }))).join('\n');
    const bytes = gzipSync(text === '' ? '' : `${text}\n`);
    const name = `file${index}.json.gz`;
    await writeFile(join(root, 'data', name), bytes);
    const md5Checksum = createHash('md5').update(bytes).digest('base64');
    const dataFileS3Key = `2026/AWSDynamoDB/01693685827463-2d8752fd/data/${name}`;
    const etag = `${createHash('md5').update(bytes).digest('hex')}-1`;
    listed.push(JSON.stringify(manifest({ itemCount: lines.length, md5Checksum, etag, dataFileS3Key })));
  }
  if (withManifest) {
    await writeFile(join(root, 'manifest-files.json'), listed.join('\n'));
    const usual = { version: '2020-06-30', exportTime: '2026-02-01T00:00:00.000Z', outputFormat: 'DYNAMODB_JSON' };
    await writeFile(join(root, 'manifest-summary.json'), JSON.stringify({ ...usual, ...summary }));
  }
  return { directory, root, fileOf: (index: number) => join(root, 'data', `file${index}.json.gz`) };
}
