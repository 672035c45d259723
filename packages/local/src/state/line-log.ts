import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StateUnreadableError } from './state-unreadable-error.js';

/** What a log is about: it is rebuilt from the log's lines, and can say itself in as few of them as it takes. */
export interface Logged {
  /** Takes a line that an earlier process has written. @throws When it makes no sense. */
  replay(line: unknown): void;
  /** The lines that lead to what there is now. */
  snapshot(): Iterable<unknown>;
}

/** How a log is kept. */
export interface LineLogOptions {
  readonly path: string;
  /** A log smaller than this is never written anew, bytes. Default 1 MB. */
  readonly compactFrom?: number;
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const COMPACT_FROM = 1024 * 1024;

/**
 * A file of JSON lines that survives the end of its process at any moment.
 *
 * A line is in the file once `append` has resolved: lines that come while one is being written go in the next write
 * together. A line that was cut short, by a kill or by a full disk, is cut off. The log is written anew beside itself,
 * and put in its place in one step, when it has twice the size that it needs.
 *
 * Nothing is flushed to the disk itself: what a killed process has written is safe with the operating system, what it
 * had written right before a power failure may not be.
 */
export class LineLog {
  readonly #options: Required<LineLogOptions>;
  readonly #logged: Logged;
  #file: FileHandle;
  /** Up to where the file is whole. */
  #bytes: number;
  /** Whether there may be something behind that, which is no line. */
  #isTorn = true;
  /** The size at which it is written anew. */
  #limit: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(options: Required<LineLogOptions>, logged: Logged, file: FileHandle, bytes: number) {
    this.#options = options;
    this.#logged = logged;
    this.#file = file;
    this.#bytes = bytes;
    this.#limit = options.compactFrom;
  }

  /**
   * Opens a log and replays it; it and its directory are made if they are not there.
   *
   * @throws StateUnreadableError when a whole line of it makes no sense.
   */
  static async open({ path, compactFrom = COMPACT_FROM }: LineLogOptions, logged: Logged): Promise<LineLog> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT);
    try {
      const bytes = await replay(path, await file.readFile(), logged);
      return new LineLog({ path, compactFrom }, logged, file, bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Adds lines, all of them or, when this is cut short, the first ones. Resolves once they are in the file. */
  append(lines: readonly unknown[]): Promise<void> {
    const text = lines.map(toLine).join('');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  /** Resolves once everything is written. Nothing may be appended any more. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#bytes >= this.#limit) await this.#compact();
        else await this.#extend(waiting.map(({ text }) => text).join(''));
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
  }

  async #extend(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    if (this.#isTorn) await this.#file.truncate(this.#bytes);
    this.#isTorn = true;
    await writeAll(this.#file, bytes, this.#bytes);
    this.#isTorn = false;
    this.#bytes += bytes.length;
  }

  /** What waits to be written is in the snapshot already. */
  async #compact(): Promise<void> {
    const { path, compactFrom } = this.#options;
    const bytes = Buffer.from([...this.#logged.snapshot()].map(toLine).join(''));
    const fresh = await open(`${path}.new`, 'w+');
    try {
      await writeAll(fresh, bytes, 0);
      await rename(`${path}.new`, path);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    await this.#file.close();
    this.#file = fresh;
    this.#bytes = bytes.length;
    this.#isTorn = false;
    this.#limit = Math.max(compactFrom, 2 * bytes.length);
  }
}

/** @returns The bytes that are whole lines; what comes after them was cut short, and is written over. */
async function replay(path: string, content: Buffer, logged: Logged): Promise<number> {
  const whole = content.lastIndexOf('\n') + 1;
  const lines = content.toString('utf8', 0, whole).split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    try {
      logged.replay(JSON.parse(line));
    } catch (error) {
      throw new StateUnreadableError(path, index + 1, { cause: error });
    }
  }
  return whole;
}

/** One write may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

function toLine(line: unknown): string {
  return `${JSON.stringify(line)}\n`;
}
