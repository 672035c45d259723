import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileJournal } from '../bus/file-journal.js';
import { type BusJournal, InMemoryJournal } from '../bus/journal.js';
import { parseSchedule, type Schedule } from '../schedules/schedule.js';
import { type Checkpoints, InMemoryCheckpoints } from '../streams/checkpoints.js';
import { openFileCheckpoints } from '../streams/file-checkpoints.js';
import { claimDirectory } from './claim-directory.js';
import { inMemoryMap, type KeptMap, openFileMap } from './kept-map.js';

/** How far a host has come. */
export interface HostState {
  readonly checkpoints: Checkpoints;
  readonly journal: BusJournal;
  /** By group and name. */
  readonly schedules: KeptMap<Schedule>;
  /** When each rule that runs at a rate is next due, milliseconds since 1970. */
  readonly dueTimes: KeptMap<number>;
  /** Resolves once all of it is kept. */
  close(): Promise<void>;
}

/** A state that is gone with the process. */
export function inMemoryState(): HostState {
  return {
    checkpoints: new InMemoryCheckpoints(),
    journal: new InMemoryJournal(),
    schedules: inMemoryMap(),
    dueTimes: inMemoryMap(),
    close: async () => undefined,
  };
}

/**
 * Opens what earlier hosts have kept in a directory; it is made if it is not there.
 *
 * Every stream has a state of its own: the ARN of a table's stream holds the time at which the table was made, so that a
 * table that was made anew is not taken for the one before.
 *
 * @param source - The stream's name.
 * @throws StateInUseError when another host runs with it.
 * @throws StateUnreadableError when something else is in its files.
 */
export async function openHostState(directory: string, source: string): Promise<HostState> {
  const home = join(directory, directoryName(source));
  await mkdir(home, { recursive: true });
  const opened: (() => Promise<void>)[] = [await claimDirectory(home)];
  const close = async () => {
    // The directory is given free last.
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  const open = async <TPart extends { close(): Promise<void> }>(part: Promise<TPart>): Promise<TPart> => {
    const it = await part;
    opened.push(() => it.close());
    return it;
  };
  const at = (file: string) => ({ path: join(home, file) });
  try {
    return {
      checkpoints: await open(openFileCheckpoints(at('checkpoints.jsonl'))),
      journal: await open(FileJournal.open(at('bus.jsonl'))),
      schedules: await open(openFileMap(at('schedules.jsonl'), parseSchedule)),
      dueTimes: await open(openFileMap(at('rates.jsonl'), parseTime)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function parseTime(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new TypeError('This is no time.');
}

/** Readable, unique, and short enough for any file system. */
function directoryName(source: string): string {
  const readable = source
    .replace(/^arn:.*:table\//, '')
    .replace(/[^A-Za-z0-9.-]+/g, '_')
    .slice(-80);
  return `${readable}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}
