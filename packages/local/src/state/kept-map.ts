import { isObject } from '../bus/pattern/leaf.js';
import { LineLog, type LineLogOptions } from './line-log.js';

/** Values by their keys, of which the last one set is kept. */
export interface KeptMap<TValue> {
  /** What is kept now. */
  entries(): ReadonlyMap<string, TValue>;
  /** Resolves once the value is safe. */
  set(key: string, value: TValue): Promise<void>;
  /** Resolves once it is sure to be gone. */
  delete(key: string): Promise<void>;
}

/** A map in a file. Close it to close the file. */
export interface FileMap<TValue> extends KeptMap<TValue> {
  /** Resolves once everything is in the file. Nothing may be set any more. */
  close(): Promise<void>;
}

/** A map that is gone with the process. */
export function inMemoryMap<TValue>(): KeptMap<TValue> {
  const values = new Map<string, TValue>();
  return {
    entries: () => values,
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  };
}

/**
 * Opens a map that is kept in a file, which is made if it is not there: a line for each change.
 *
 * A change outlives a process that is killed once it has resolved, not a power failure right after.
 *
 * @param parse - Reads a value as `JSON.parse` gives it; throws when it makes no sense.
 * @throws StateUnreadableError when the file holds something else.
 */
export async function openFileMap<TValue>(
  options: LineLogOptions,
  parse: (value: unknown) => TValue,
): Promise<FileMap<TValue>> {
  const values = new Map<string, TValue>();
  const log = await LineLog.open(options, {
    replay: (line) => {
      if (!isObject(line) || typeof line.key !== 'string') throw new TypeError('This is no entry of a map.');
      if ('value' in line) values.set(line.key, parse(line.value));
      else values.delete(line.key);
    },
    snapshot: () => [...values].map(([key, value]) => ({ key, value })),
  });
  return {
    entries: () => values,
    set: async (key, value) => {
      const before = values.get(key);
      values.set(key, value);
      await log.append([{ key, value }]).catch((error: unknown) => {
        if (values.get(key) === value) restore(values, key, before);
        throw error;
      });
    },
    delete: async (key) => {
      if (values.delete(key)) await log.append([{ key }]);
    },
    close: () => log.close(),
  };
}

/** What could not be written was not set. */
function restore<TValue>(values: Map<string, TValue>, key: string, before: TValue | undefined): void {
  if (before === undefined) values.delete(key);
  else values.set(key, before);
}
