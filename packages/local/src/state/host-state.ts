import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileJournal } from '../bus/file-journal.js';
import { type BusJournal, InMemoryJournal } from '../bus/journal.js';
import { type Checkpoints, InMemoryCheckpoints } from '../streams/checkpoints.js';
import { openFileCheckpoints } from '../streams/file-checkpoints.js';
import { claimDirectory } from './claim-directory.js';

/** How far a host has come. */
export interface HostState {
  readonly checkpoints: Checkpoints;
  readonly journal: BusJournal;
  /** Resolves once all of it is kept. */
  close(): Promise<void>;
}

/** A state that is gone with the process. */
export function inMemoryState(): HostState {
  return { checkpoints: new InMemoryCheckpoints(), journal: new InMemoryJournal(), close: async () => undefined };
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
  const release = await claimDirectory(home);
  try {
    const checkpoints = await openFileCheckpoints({ path: join(home, 'checkpoints.jsonl') });
    const journal = await FileJournal.open({ path: join(home, 'bus.jsonl') }).catch(async (error: unknown) => {
      await checkpoints.close();
      throw error;
    });
    return {
      checkpoints,
      journal,
      close: async () => {
        await Promise.all([checkpoints.close(), journal.close()]);
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Readable, unique, and short enough for any file system. */
function directoryName(source: string): string {
  const readable = source
    .replace(/^arn:.*:table\//, '')
    .replace(/[^A-Za-z0-9.-]+/g, '_')
    .slice(-80);
  return `${readable}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}
