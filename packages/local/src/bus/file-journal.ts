import { LineLog, type LineLogOptions } from '../state/line-log.js';
import type { BusEvent } from './bus-event.js';
import type { BusJournal, Dispatch, JournalEntry } from './journal.js';
import { isObject } from './pattern/leaf.js';

/** An event that was taken on, for so many functions: their entries have the ids from `id` on. */
interface AcceptedLine {
  readonly id: number;
  readonly for: readonly string[];
  readonly event: BusEvent;
}

/** An entry that is finished. */
interface FinishedLine {
  readonly finished: number;
}

/**
 * Keeps in a file what a bus has taken on and not finished. Open it before the bus, and close it after.
 *
 * What comes at the same time goes to the file in one write. An entry outlives a process that is killed once `accept`
 * has resolved, not a power failure right after.
 */
export class FileJournal implements BusJournal {
  readonly isDurable = true;
  readonly #entries: Map<number, JournalEntry>;
  readonly #left: readonly JournalEntry[];
  readonly #log: LineLog;
  #lastId: number;

  private constructor(log: LineLog, entries: Map<number, JournalEntry>, lastId: number) {
    this.#log = log;
    this.#entries = entries;
    this.#left = [...entries.values()];
    this.#lastId = lastId;
  }

  /**
   * Opens a journal; the file is made if it is not there.
   *
   * @throws StateUnreadableError when the file holds something else.
   */
  static async open(options: LineLogOptions): Promise<FileJournal> {
    const entries = new Map<number, JournalEntry>();
    let lastId = 0;
    const log = await LineLog.open(options, {
      replay: (value) => {
        const line = toLine(value);
        if ('finished' in line) {
          entries.delete(line.finished);
          return;
        }
        for (const entry of toEntries(line)) {
          entries.set(entry.id, entry);
          lastId = Math.max(lastId, entry.id);
        }
      },
      snapshot: () => toAcceptedLines([...entries.values()]),
    });
    return new FileJournal(log, entries, lastId);
  }

  left(): readonly JournalEntry[] {
    return this.#left;
  }

  async accept(dispatches: readonly Dispatch[]): Promise<readonly JournalEntry[]> {
    if (dispatches.length === 0) return [];
    const entries = dispatches.map(({ functionName, event }) => ({ functionName, event, id: ++this.#lastId }));
    for (const entry of entries) this.#entries.set(entry.id, entry);
    try {
      await this.#log.append(toAcceptedLines(entries));
    } catch (error) {
      for (const { id } of entries) this.#entries.delete(id);
      throw error;
    }
    return entries;
  }

  async finish({ id }: JournalEntry): Promise<void> {
    if (this.#entries.delete(id)) await this.#log.append([{ finished: id } satisfies FinishedLine]);
  }

  /** Resolves once everything is in the file. */
  close(): Promise<void> {
    return this.#log.close();
  }
}

function toEntries({ id, for: functionNames, event }: AcceptedLine): JournalEntry[] {
  return functionNames.map((functionName, index) => ({ functionName, event, id: id + index }));
}

/** One event for several functions is written once. */
function toAcceptedLines(entries: readonly JournalEntry[]): AcceptedLine[] {
  const lines: { id: number; for: string[]; event: BusEvent }[] = [];
  for (const { id, functionName, event } of entries) {
    const last = lines.at(-1);
    if (last?.event === event && last.id + last.for.length === id) last.for.push(functionName);
    else lines.push({ id, for: [functionName], event });
  }
  return lines;
}

function toLine(value: unknown): AcceptedLine | FinishedLine {
  if (isFinished(value) || isAccepted(value)) return value;
  throw new TypeError('This is no line of a journal.');
}

function isFinished(value: unknown): value is FinishedLine {
  return isObject(value) && typeof value.finished === 'number';
}

function isAccepted(value: unknown): value is AcceptedLine {
  return isObject(value) && typeof value.id === 'number' && Array.isArray(value.for) && isObject(value.event);
}
