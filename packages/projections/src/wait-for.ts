import {
  type Backoff,
  type Clock,
  type Commit,
  jitteredDelay,
  type Position,
  type Random,
  recordedEvents,
  systemClock,
  systemRandom,
  VersionNotFoundError,
} from '@everfold/core';
import type { CommitSource } from './apply/catch-up.js';
import { NotYetProjectedError } from './errors.js';
import type { Projection } from './projection.js';
import type { ReadModelStore } from './read-models/read-model-store.js';

/** How long to wait, and for what. All but the stores and the time have defaults. */
export interface WaitForOptions {
  readonly readModels: Pick<ReadModelStore, 'load' | 'positions'>;
  /** Where the commit is read, for what it changes. */
  readonly eventStore: CommitSource;
  /** How long, at most. With 0 it is looked at once. */
  readonly timeoutMs: number;
  /** Waits between looks. Default: up to 25 ms, doubling, up to 500 ms. */
  readonly backoff?: Backoff;
  readonly clock?: Clock;
  readonly random?: Random;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 25, longestMs: 500 };

/**
 * Waits until a projection has applied a commit, so that a reader sees what was just written: read with `consistent`
 * afterwards, for listings lag behind the rows. A commit that changes no row is not waited for.
 *
 * Costs one Query of the event table, and one BatchGetItem for each look: a read unit for the position of the stream
 * (positions beside the rows), or one for each 4 KB of each row that the commit changes and that does not have it yet.
 *
 * @param position - Any version of the commit, such as the `position` that `execute` returns, or from an `ETag`.
 * @throws NotYetProjectedError when the time is up: asking again may help.
 * @throws VersionNotFoundError when the stream has no such version.
 *
 * @example
 * ```ts
 * const { position } = await stock.execute('7', 'reserve', { units: 2 });
 * await waitFor(orders, position, { readModels, eventStore, timeoutMs: 2_000 });
 * ```
 */
export async function waitFor(
  projection: Projection<object>,
  position: Pick<Position, 'stream' | 'version'>,
  options: WaitForOptions,
): Promise<void> {
  const { readModels, eventStore, timeoutMs, backoff = DEFAULT_BACKOFF } = options;
  const { clock = systemClock, random = systemRandom } = options;
  const { stream, version } = position;
  if (version === 0) return;
  const look = lookFor(projection, await commitAt(eventStore, position), readModels);
  const end = clock.now() + timeoutMs;
  for (let looks = 1; ; looks++) {
    const applied = await look();
    if (applied === undefined) return;
    const left = end - clock.now();
    if (left <= 0) throw new NotYetProjectedError(projection.rows.id, { stream, version }, { applied, timeoutMs });
    await clock.sleep(Math.min(left, jitteredDelay(looks, backoff, random)));
  }
}

async function commitAt(
  source: CommitSource,
  { stream, version }: Pick<Position, 'stream' | 'version'>,
): Promise<Commit> {
  let last = 0;
  for await (const commit of source.read(stream, { upTo: version, backward: true, limit: 1 })) {
    if (commit.last >= version) return commit;
    last = commit.last;
  }
  throw new VersionNotFoundError(stream, version, last);
}

/** How far the projection is; `undefined` when it has all of the commit. */
type Look = () => Promise<number | undefined>;

function lookFor(
  { positions, rows, changesOf }: Projection<object>,
  commit: Commit,
  readModels: WaitForOptions['readModels'],
): Look {
  const { stream } = commit;
  const changed = recordedEvents(commit).flatMap((event) =>
    changesOf(event).map(({ key }) => [key, event.version] as const),
  );
  // The last version that changes the row.
  const wanted = new Map(changed);
  const last = changed.at(-1)?.[1] ?? 0;
  if (positions === 'beside-rows') {
    return async () => {
      if (last === 0) return undefined;
      const applied = (await readModels.positions(rows, [stream])).get(stream) ?? 0;
      return applied >= last ? undefined : applied;
    };
  }
  return async () => {
    if (wanted.size === 0) return undefined;
    const behind: number[] = [];
    for (const [key, stored] of await readModels.load(rows, [...wanted.keys()])) {
      const applied = stored.applied.get(stream)?.version ?? 0;
      if (applied >= (wanted.get(key) ?? 0)) wanted.delete(key);
      else behind.push(applied);
    }
    return behind.length === 0 ? undefined : Math.min(...behind);
  };
}
