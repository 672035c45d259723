import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Commit, checkFollows, isEverfoldError } from '@everfold/core';
import { fromItem } from '@everfold/dynamodb-store';
import { ExportUnreadableError } from './errors.js';
import { type DataFile, parseObject } from './manifest.js';

/** An item of an export: its line, which line it is, and the stream that it is of. */
export interface ItemLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly stream: string;
}

/** Keys that begin so are no streams, but unique values that were claimed. */
const NO_STREAM = '$';

/**
 * Reads the items of a file, line by line, without those that are no commits, and checks the file against its manifest.
 *
 * @throws ExportUnreadableError when a line is no item of an event table, or the file is not the one that was exported.
 */
export async function* itemsOf({ path: file, items, md5 }: DataFile): AsyncIterable<ItemLine> {
  const hash = createHash('md5');
  const text = new PassThrough();
  const hashed = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const flowing = pipeline(createReadStream(file), hashed, createGunzip(), text);
  // What goes wrong on the way is thrown by the lines, too.
  flowing.catch(() => undefined);
  let count = 0;
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
      count++;
      const stream = streamOf(line, { file, line: count });
      if (!stream.startsWith(NO_STREAM)) yield { text: line, line: count, stream };
    }
    await flowing;
  } catch (cause) {
    if (isEverfoldError(cause)) throw cause;
    const reason = `it cannot be unpacked after line ${count} (${cause instanceof Error ? cause.message : cause})`;
    throw new ExportUnreadableError({ file }, reason, { cause });
  } finally {
    text.destroy();
  }
  if (items !== undefined && items !== count)
    throw new ExportUnreadableError({ file }, `it has ${count} items, and the manifest says ${items}`);
  const digest = hash.digest('base64');
  if (md5 !== undefined && md5 !== digest)
    throw new ExportUnreadableError({ file }, `its MD5 is ${digest}, and the manifest says ${md5}`);
}

function streamOf(text: string, place: { readonly file: string; readonly line: number }): string {
  const { Item: item, ...rest } = parseObject(text, place);
  if ('NewImage' in rest || 'Keys' in rest)
    throw new ExportUnreadableError(
      place,
      'it is a change and not an item: the export is incremental. Make a FULL_EXPORT',
    );
  const { stream } = isObject(item) ? item : {};
  if (isObject(stream) && typeof stream.S === 'string') return stream.S;
  throw new ExportUnreadableError(place, 'it has no item with a "stream": the export is not of an event table');
}

/**
 * Decodes the line of an item. An export has bytes as base64.
 *
 * @throws ExportUnreadableError when it is not a commit that can be read.
 */
export function toCommit({
  text,
  ...place
}: {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}): Commit {
  const { Item } = JSON.parse(text) as { readonly Item: Readonly<Record<string, AttributeValue>> };
  const item: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(Item)) {
    item[name] = value.B === undefined ? value : { B: Buffer.from(String(value.B), 'base64') };
  }
  try {
    const commit = fromItem(item);
    checkFollows(commit, commit.version - 1);
    return commit;
  } catch (cause) {
    throw new ExportUnreadableError(place, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
