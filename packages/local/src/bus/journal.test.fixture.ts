import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LineLogOptions } from '../state/line-log.js';
import { FileJournal } from './file-journal.js';

/** The path of a journal that is gone with the test. */
export async function journalPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'bus.jsonl');
}

/** Opens a journal that may be opened again before it is closed, as the next process does when one was killed. */
export async function openJournal(options: LineLogOptions): Promise<FileJournal> {
  const journal = await FileJournal.open(options);
  onTestFinished(() => journal.close().catch(() => undefined));
  return journal;
}
