import type { BusEvent } from './bus-event.js';

/** An event that is on its way to a function. */
export interface Dispatch {
  /** The function's name. */
  readonly functionName: string;
  readonly event: BusEvent;
}

/** A dispatch as a journal knows it. */
export interface JournalEntry extends Dispatch {
  /** What the journal calls it. */
  readonly id: number;
}

/** What a bus has taken on and not finished. */
export interface BusJournal {
  /** Whether it outlives the process: a bus that is stopped then leaves to the next one what waits. */
  readonly isDurable: boolean;
  /** What an earlier process took on and did not finish, in that order. */
  left(): readonly JournalEntry[];
  /** Takes dispatches on, and resolves, with their entries in the same order, once they are safe. */
  accept(dispatches: readonly Dispatch[]): Promise<readonly JournalEntry[]>;
  /** Strikes an entry out: its function took the event, or the dead letters did. */
  finish(entry: JournalEntry): Promise<void>;
}

/** A journal that is gone with the process. */
export class InMemoryJournal implements BusJournal {
  readonly isDurable = false;
  #lastId = 0;

  left(): readonly JournalEntry[] {
    return [];
  }

  async accept(dispatches: readonly Dispatch[]): Promise<readonly JournalEntry[]> {
    return dispatches.map((dispatch) => ({ ...dispatch, id: ++this.#lastId }));
  }

  async finish(): Promise<void> {
    // Nobody asks for it later.
  }
}
