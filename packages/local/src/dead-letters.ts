import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Something that a function could not be made to take. */
export interface DeadLetter {
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** The function's name. */
  readonly function: string;
  /** Where it came from, such as `bus`. */
  readonly source: string;
  /** Why the last attempt failed. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** The event as the function got it. */
  readonly payload: unknown;
}

/** Where events go that a function could not be made to take. */
export interface DeadLetters {
  write(letter: DeadLetter): Promise<void>;
}

/**
 * Dead letters in a file, one line of JSON each; it and its directory are made with the first one.
 *
 * A letter is in the file once `write` has resolved. One that was cut short, by a kill or by a full disk, has a line of its
 * own, which is no JSON: what it was about is delivered again. To redeliver a letter, call its function with its `payload`.
 */
export function fileDeadLetters(path: string): DeadLetters {
  let last: Promise<void> = Promise.resolve();
  const append = async (letter: DeadLetter) => {
    await mkdir(dirname(path), { recursive: true });
    const line = `${JSON.stringify(letter)}\n`;
    const file = await open(path, 'a+');
    try {
      await file.appendFile((await endsInLine(file)) ? line : `\n${line}`);
    } finally {
      await file.close();
    }
  };
  return {
    // One after the other: two writes at once may come out interleaved.
    write: (letter) => {
      const write = last.then(() => append(letter));
      last = write.catch(() => undefined);
      return write;
    },
  };
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}
