import { createHash } from 'node:crypto';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from '@everfold/core';
import { itemsOf, toCommit } from './items.js';
import type { DataFile } from './manifest.js';

/** What a bucket is to have, unpacked: it is read into memory whole. */
const BUCKET_BYTES = 16 * 1024 * 1024;
/** What a packed byte becomes, about: events were packed before, and keys come again and again. */
const UNPACKED = 6;
/** Each has a buffer. */
const MOST_BUCKETS = 4096;
/** All buffers together. */
const BUFFER_BYTES = 32 * 1024 * 1024;

/** How many buckets an export is spread over. */
export function bucketsFor(files: readonly DataFile[]): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return Math.min(MOST_BUCKETS, Math.max(1, Math.ceil((bytes * UNPACKED) / BUCKET_BYTES)));
}

/**
 * The items of an export come in no order: they are spread over files by their stream, so that each stream is in one, whole.
 * It takes as much disk as the table has bytes.
 */
export class Buckets {
  readonly #directory: string;
  readonly #waiting: string[][];
  readonly #bufferChars: number;
  readonly #chars: number[];
  /** Those that have a file. */
  readonly #filled = new Set<number>();

  constructor(directory: string, count: number) {
    this.#directory = directory;
    this.#waiting = Array.from({ length: count }, () => []);
    this.#chars = this.#waiting.map(() => 0);
    this.#bufferChars = BUFFER_BYTES / count;
  }

  /**
   * Spreads the items of files.
   *
   * @param from - Buckets before it are not needed any more.
   */
  async fill(files: readonly DataFile[], from: number, signal: AbortSignal | undefined): Promise<void> {
    for (const [index, file] of files.entries()) {
      signal?.throwIfAborted();
      for await (const { text, line, stream } of itemsOf(file)) {
        const bucket = bucketOf(stream, this.#waiting.length);
        if (bucket >= from) await this.#add(bucket, `${index} ${line} ${text}\n`);
      }
    }
    for (const bucket of this.#waiting.keys()) await this.#flush(bucket);
  }

  /** The commits of a bucket, which is gone then. */
  async take(bucket: number, files: readonly DataFile[]): Promise<Commit[]> {
    if (!this.#filled.has(bucket)) return [];
    const lines = (await readFile(this.#fileOf(bucket), 'utf8')).split('\n');
    await rm(this.#fileOf(bucket));
    return lines
      .filter((line) => line !== '')
      .map((text) => {
        const [, index, line] = /^(\d+) (\d+) /.exec(text) ?? [];
        const file = files[Number(index)]?.path ?? '';
        return toCommit({ file, line: Number(line), text: text.slice(`${index} ${line} `.length) });
      });
  }

  async #add(bucket: number, text: string): Promise<void> {
    this.#waiting[bucket]?.push(text);
    const chars = (this.#chars[bucket] ?? 0) + text.length;
    this.#chars[bucket] = chars;
    if (chars >= this.#bufferChars) await this.#flush(bucket);
  }

  async #flush(bucket: number): Promise<void> {
    const text = this.#waiting[bucket]?.join('') ?? '';
    if (text === '') return;
    this.#waiting[bucket] = [];
    this.#chars[bucket] = 0;
    this.#filled.add(bucket);
    await appendFile(this.#fileOf(bucket), text);
  }

  #fileOf(bucket: number): string {
    return join(this.#directory, `${bucket}.jsonl`);
  }
}

/** For ever the same: a run that goes on finds each stream where it was. */
function bucketOf(stream: string, count: number): number {
  return createHash('md5').update(stream).digest().readUInt32LE(0) % count;
}
