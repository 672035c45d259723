import { type Decidable, type Decided, decideOn, decisionOf } from '../decision.js';
import type { Metadata } from '../metadata.js';
import type { StreamPart } from '../transaction.js';

/** A stream that a unit of work is about. Commands on it wait for one another, in the order in which they were called. */
export class Subject<TState> {
  readonly aggregate: Decidable<TState>;
  /** What was decided so far. A command that threw decided nothing. */
  #decided: Promise<Decided<TState>>;
  #checked = false;

  constructor(aggregate: Decidable<TState>, loaded: Promise<Decided<TState>>) {
    this.aggregate = aggregate;
    this.#decided = loaded;
  }

  /** What was decided so far. */
  get decided(): Promise<Decided<TState>> {
    return this.#decided;
  }

  /** Has the transaction check that the stream is unchanged, if nothing is appended to it. */
  check(): void {
    this.#checked = true;
  }

  /** Decides on what was decided so far. */
  decide(command: string, input: unknown, see: (before: Decided<TState>) => void): Promise<Decided<TState>> {
    const before = this.#decided;
    const after = before.then((decided) => {
      see(decided);
      return decideOn(this.aggregate, decided, command, input);
    });
    this.#decided = after.catch(() => before);
    // Whoever called hears of a failure; a load that failed is forgotten by the unit.
    this.#decided.catch(() => undefined);
    return after;
  }

  /** The part of the transaction that is about the stream, if any. */
  async part(metadata: Metadata): Promise<StreamPart | undefined> {
    const decided = await this.#decided;
    if (decided.events.length > 0) return { ...decisionOf(this.aggregate, decided), metadata };
    return this.#checked ? { unchanged: decided.from.position } : undefined;
  }
}
