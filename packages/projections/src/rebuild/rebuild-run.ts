import { type Backoff, type Clock, type Commit, isEverfoldError, jitteredDelay, type Random } from '@everfold/core';
import type { HandleCommits, StreamFailure } from '@everfold/dynamodb-store';
import type { CommitSource } from '../apply/catch-up.js';
import type { RowSet } from '../read-models/read-model-store.js';
import { RebuildIncompleteError } from './errors.js';
import type { RebuildProgress } from './progress.js';
import type { RebuildNotes, RebuildRecord } from './rebuild-record.js';
import type { Unit } from './units.js';

/** What a run works with. */
export interface RebuildRunOptions {
  readonly rows: RowSet;
  /** The projector: it applies each event exactly once, whoever else applies it. */
  readonly apply: HandleCommits;
  readonly notes: RebuildNotes;
  readonly clock: Clock;
  readonly random: Random;
  readonly expectedCommits: number | undefined;
  readonly onProgress: (progress: RebuildProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** So the database has one unit to write while the next is projected. More at a time would only take memory. */
const UNITS_AT_A_TIME = 2;
/** How often what may pass by itself is tried again, after all that the stores have tried themselves. */
const ATTEMPTS = 5;
const BACKOFF: Backoff = { firstMs: 100, longestMs: 5_000 };
/** The notes are saved at most so often: what was applied since is read again after a crash, and found to be applied. */
const SAVE_EVERY_MS = 1_000;
/** A projection that fails for more streams than this is wrong, and goes on failing. */
const MOST_FAILURES = 1_000;
const LONGEST_REASON = 200;

/** A unit that is being applied. */
interface UnitUnderWay {
  readonly unit: Unit;
  readonly streams: ReadonlySet<string>;
  /** Settles when nothing of it is under way any more. */
  readonly applied: Promise<void>;
}

/** One run of a rebuild: applies units, a few at a time, and notes how far it has come after each. */
export class RebuildRun {
  readonly #options: RebuildRunOptions;
  readonly #failed: Map<string, { readonly after: number; readonly reason: string }>;
  readonly #began: number;
  readonly #eventsBefore: number;
  readonly #commitsBefore: number;
  #record: RebuildRecord;
  #saved: number;

  constructor(record: RebuildRecord, options: RebuildRunOptions) {
    this.#options = options;
    this.#record = record;
    this.#failed = new Map(record.failures.map(({ stream, ...failure }) => [stream, failure]));
    this.#began = this.#saved = options.clock.now();
    this.#eventsBefore = record.events;
    this.#commitsBefore = record.commits;
  }

  get record(): RebuildRecord {
    return this.#record;
  }

  /**
   * Reads streams that failed again, and applies them, for as long as fewer fail: streams are in no order among each other,
   * and one may have needed what another brought. Costs one read for each stream.
   */
  async retryFailed(source: CommitSource, events: number): Promise<void> {
    let before = Number.POSITIVE_INFINITY;
    while (this.#failed.size > 0 && this.#failed.size < before) {
      before = this.#failed.size;
      for (const [stream, { after }] of [...this.#failed]) await this.#retry(source, { stream, after }, events);
      await this.#save({});
    }
  }

  async #retry(
    source: CommitSource,
    { stream, after }: Pick<StreamFailure, 'stream' | 'after'>,
    events: number,
  ): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const failure = this.#failed.get(stream);
    this.#failed.delete(stream);
    let commits: Commit[] = [];
    let gathered = 0;
    let isThere = false;
    for await (const commit of source.read(stream, { after })) {
      isThere = true;
      commits.push(commit);
      gathered += commit.events.length;
      if (gathered < events) continue;
      await this.#apply(commits);
      commits = [];
      gathered = 0;
    }
    await this.#apply(commits);
    // What is not there is not applied.
    if (!isThere && failure !== undefined) this.#failed.set(stream, failure);
  }

  /**
   * Applies units, two at a time, while the next is being read. They end in the order in which they were read: a cursor is
   * saved only after everything before it is applied.
   */
  async applyAll(units: AsyncGenerator<Unit, void>): Promise<void> {
    const { signal } = this.#options;
    const read = () => {
      const next = units.next();
      // Nobody waits for it yet: it must not fail as an unhandled rejection.
      next.catch(() => undefined);
      return next;
    };
    const underWay: UnitUnderWay[] = [];
    // The first is applied alone: it tells whether rows are there already, which spares the next writes that fail.
    let most = 1;
    try {
      let next = read();
      let unit = await next;
      for (; !unit.done && !signal?.aborted; unit = await next) {
        next = read();
        underWay.push(this.#begin(unit.value, underWay));
        if (underWay.length >= most) await this.#end(underWay);
        most = UNITS_AT_A_TIME;
      }
      while (underWay.length > 0) await this.#end(underWay);
      if (!unit.done) signal?.throwIfAborted();
    } catch (error) {
      // The reader may be waiting for its turn: it is told to end, and not waited for.
      units.return().catch(() => undefined);
      // What is being written is: a run that has ended writes nothing more.
      await Promise.allSettled(underWay.map(({ applied }) => applied));
      if (signal?.aborted) await this.#save({});
      throw error;
    }
    await this.#save({ read: true });
  }

  /** Begins to apply a unit: at once, but for streams of which earlier units have not written everything yet. */
  #begin(unit: Unit, earlier: readonly UnitUnderWay[]): UnitUnderWay {
    const before = [...earlier];
    const isHeld = ({ stream }: Commit) => before.some(({ streams }) => streams.has(stream));
    const apply = async () => {
      const held = unit.commits.filter(isHeld);
      const free = held.length === 0 ? unit.commits : unit.commits.filter((commit) => !isHeld(commit));
      const afterThem = async () => {
        if (held.length === 0) return;
        await allDone(before.map(({ applied }) => applied));
        await this.#apply(held);
      };
      await allDone([this.#apply(free), afterThem()]);
      for (const failure of unit.failures ?? []) this.#note(failure);
    };
    const applied = apply();
    // It is waited for when its turn comes to end.
    applied.catch(() => undefined);
    return { unit, streams: new Set(unit.commits.map(({ stream }) => stream)), applied };
  }

  /** Waits for the unit that was read first, and notes that it is applied. */
  async #end(underWay: UnitUnderWay[]): Promise<void> {
    const { clock, onProgress } = this.#options;
    const [first] = underWay;
    if (first === undefined) return;
    await first.applied;
    underWay.shift();
    this.#count(first.unit);
    if (clock.now() - this.#saved >= SAVE_EVERY_MS) await this.#save({});
    onProgress(this.#progress());
  }

  /** @throws RebuildIncompleteError when streams have failed. */
  async finish(): Promise<void> {
    const { rows, clock, onProgress } = this.#options;
    onProgress(this.#progress());
    const { failures } = this.#record;
    if (failures.length > 0) {
      const remedy = 'All others are applied. Mend what fails and rebuild again: only these streams are read then.';
      throw new RebuildIncompleteError(rows.id, failures, remedy);
    }
    await this.#save({ finished: new Date(clock.now()).toISOString() });
  }

  async #apply(commits: readonly Commit[]): Promise<void> {
    const { apply, clock, random } = this.#options;
    let open = commits.filter(({ stream }) => !this.#failed.has(stream));
    for (let attempt = 1; open.length > 0; attempt++) {
      const passing = new Map<string, unknown>();
      for (const failure of await outcomeOf(apply, open)) {
        if (mayPass(failure)) passing.set(failure.stream, failure.error);
        else this.#note(failure);
      }
      const [error] = passing.values();
      if (attempt >= ATTEMPTS && passing.size > 0) throw error;
      if (passing.size > 0) await clock.sleep(jitteredDelay(attempt, BACKOFF, random));
      open = open.filter(({ stream }) => passing.has(stream));
    }
  }

  /** Later commits of the stream are left out: they must not overtake this one. */
  #note({ stream, after, error }: StreamFailure): void {
    // A request that is refused, such as for want of a permission, is refused for all streams.
    if (isEverfoldError(error, 'REQUEST_REFUSED')) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
    this.#failed.set(stream, { after, reason });
    if (this.#failed.size <= MOST_FAILURES) return;
    const remedy =
      'These are too many, and the rebuild has stopped. Mend the projection, and rebuild with restart: true.';
    throw new RebuildIncompleteError(this.#options.rows.id, this.#failures(), remedy, { cause: error });
  }

  #failures() {
    return [...this.#failed].map(([stream, failure]) => ({ stream, ...failure }));
  }

  #count({ commits, cursor }: Unit): void {
    const { streams, commits: before, events } = this.#record;
    this.#record = {
      ...this.#record,
      cursor,
      streams: streams + commits.filter(({ version }) => version === 1).length,
      commits: before + commits.length,
      events: events + commits.reduce((sum, commit) => sum + commit.events.length, 0),
    };
  }

  async #save(changes: Partial<RebuildRecord>): Promise<void> {
    this.#record = { ...this.#record, failures: this.#failures(), ...changes };
    await this.#options.notes.save(this.#record);
    this.#saved = this.#options.clock.now();
  }

  #progress(): RebuildProgress {
    const { expectedCommits, clock } = this.#options;
    const { streams, commits, events } = this.#record;
    const elapsedMs = clock.now() - this.#began;
    const perMs = (count: number) => (elapsedMs > 0 ? count / elapsedMs : 0);
    const commitsPerMs = perMs(commits - this.#commitsBefore);
    const isKnown = expectedCommits !== undefined && commitsPerMs > 0;
    return {
      streams,
      commits,
      events,
      failedStreams: this.#failed.size,
      eventsPerSecond: perMs(events - this.#eventsBefore) * 1000,
      expectedCommits,
      remainingMs: isKnown ? Math.max(0, expectedCommits - commits) / commitsPerMs : undefined,
    };
  }
}

/** Waits for all, and throws the first reason when one has failed: only when none of them goes on. */
async function allDone(promises: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) if (result.status === 'rejected') throw result.reason;
}

function mayPass({ error }: Pick<StreamFailure, 'error'>): boolean {
  return isEverfoldError(error) && error.retryable;
}

/** What failed; everything, when what was thrown may pass. */
async function outcomeOf(apply: HandleCommits, commits: readonly Commit[]): Promise<readonly StreamFailure[]> {
  try {
    return await apply(commits);
  } catch (error) {
    if (!mayPass({ error })) throw error;
    return commits.map(({ stream, version }) => ({ stream, after: version - 1, error }));
  }
}
