/**
 * Whether the rows of a batch are likely new. A row that is likely new is written without being read: when it is there after all, the
 * failed write brings it. It goes by what the last batch found, and takes those of the first for new.
 */
export class RowGuess {
  /** A write that fails costs as much as four or five reads, so at most every fifth guess may be wrong. */
  static readonly #mostWrong = 0.2;
  #areNew = true;

  get areNew(): boolean {
    return this.#areNew;
  }

  /** Notes how many of so many rows were there. */
  found(there: number, all: number): void {
    if (all > 0) this.#areNew = there <= all * RowGuess.#mostWrong;
  }
}
