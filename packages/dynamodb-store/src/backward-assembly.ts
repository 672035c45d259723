import { type Commit, checkFollows } from '@everfold/core';
import { isBeginning, joined, type Part } from './whole-commits.js';

/** Puts commits together from parts that come latest first. */
export class BackwardAssembly {
  #parts: Part<Commit>[] = [];
  /** The items after the one that comes next, as far as it is known. */
  #successor: Commit | undefined;
  /** Whether the commit at hand is being written: its last items are not there yet. */
  #isHidden = false;

  /** Version of the earliest event so far; `undefined` before the first part. */
  get earliest(): number | undefined {
    return this.#successor?.version;
  }

  /** Takes what comes after the first part, of the same commit; nothing when that is not there yet. */
  beginBefore(rest: readonly Part<Commit>[]): void {
    this.#parts = [...rest];
    this.#isHidden = rest.length === 0;
  }

  /**
   * Takes the part before the last one taken.
   *
   * @returns The commit that it completes.
   * @throws StreamCorruptedError when a version is missing or doubled.
   */
  take(part: Part<Commit>): Commit | undefined {
    if (this.#successor !== undefined) checkFollows(this.#successor, part.commit.last);
    this.#successor = part.commit;
    this.#parts.unshift(part);
    return isBeginning(part) ? this.#commit() : undefined;
  }

  /**
   * Ends before the parts taken.
   *
   * @param after - The last version that is not wanted.
   * @returns The commit of which only a rest is wanted.
   * @throws StreamCorruptedError when a version is missing.
   */
  finish(after: number): Commit | undefined {
    if (this.#successor !== undefined) checkFollows(this.#successor, after);
    return this.#commit();
  }

  #commit(): Commit | undefined {
    const parts = this.#parts;
    const isHidden = this.#isHidden;
    this.#parts = [];
    this.#isHidden = false;
    return isHidden || parts.length === 0 ? undefined : joined(parts);
  }
}
