/**
 * Lets work that shares a row go one after the other, in the order in which it came, and other work side by side. Nothing
 * depends on it but the price: writes that get into each other's way fail, are paid for all the same, and are tried again.
 */
export class Turns {
  /** Work that was the last to come for a row, and is not done. It never rejects. */
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Does work when all that came before it for one of its rows is done.
   *
   * @throws Whatever `work` throws; what others threw is not its concern.
   */
  async take<TResult>(rows: ReadonlySet<string>, work: () => Promise<TResult>): Promise<TResult> {
    const before = new Set([...rows].flatMap((row) => this.#last.get(row) ?? []));
    // Waiting for those only that came earlier, no two wait for one another.
    const result = before.size === 0 ? work() : Promise.all(before).then(work);
    const done = result.catch(() => undefined);
    for (const row of rows) this.#last.set(row, done);
    try {
      return await result;
    } finally {
      for (const row of rows) if (this.#last.get(row) === done) this.#last.delete(row);
    }
  }
}
