import { type Clock, InvalidArgumentError, systemClock } from '@everfold/core';
import type { Projection } from '../projection.js';
import type { Page, PageRequest, ReadModelStore } from '../read-models/read-model-store.js';
import { createReader, type Reader } from '../reader.js';
import { VersionUnknownError } from './errors.js';
import { LONGEST_CACHE_MS, readServing, type Serving } from './serving.js';
import { versionOf } from './version-of.js';

/** How the reader goes by the pointer. */
export interface VersionedReaderOptions {
  /** For how long it goes by what it has read of the pointer, milliseconds, 0 to 30,000. Default 5,000. */
  readonly cacheMs?: number;
  readonly clock?: Clock;
}

const DEFAULT_CACHE_MS = 5_000;

/**
 * Makes the reader of a projection that has several versions: it reads the rows of the one that serves, and follows when
 * reads are switched. While nothing was ever switched, the lowest version serves.
 *
 * The cursor of a page goes with the version it was read from. For 30 seconds after reads were switched it is still good.
 *
 * Costs what a reader costs, and in each process one GetItem of one read unit every `cacheMs`, while there are reads.
 *
 * @param versions - The versions that this code can read, with rows of one type.
 * @throws InvalidArgumentError when they are none, not of one projection or not different, or `cacheMs` is out of range.
 *   Reads throw it for a cursor of a version that no longer serves, and VersionUnknownError when none of these serves.
 *
 * @example
 * ```ts
 * const reader = createVersionedReader([orders, ordersV2], readModels);
 * const row = await reader.get('order-7');
 * ```
 */
export function createVersionedReader<TRow extends object>(
  versions: readonly Projection<TRow>[],
  readModels: ReadModelStore,
  { cacheMs = DEFAULT_CACHE_MS, clock = systemClock }: VersionedReaderOptions = {},
): Reader<TRow> {
  const { name, known } = check(versions, cacheMs);
  const readers = new Map(versions.map((one) => [versionOf(one.rows).version, createReader(one, readModels)]));
  let cached: { readonly until: number; readonly serving: Promise<Serving | undefined> } | undefined;

  const serving = async (): Promise<Serving> => {
    const now = clock.now();
    if (cached === undefined || now >= cached.until) {
      const reading = readServing(readModels, name);
      const mine = { until: now + cacheMs, serving: reading };
      cached = mine;
      reading.catch(() => {
        if (cached === mine) cached = undefined;
      });
    }
    return (await cached.serving) ?? { version: Math.min(...known), since: new Date(0).toISOString() };
  };
  const readerOf = (version: number): Reader<TRow> => {
    const reader = readers.get(version);
    if (reader === undefined) throw new VersionUnknownError(name, version, known);
    return reader;
  };
  const page = async <TRequest extends PageRequest>(
    request: TRequest,
    read: (reader: Reader<TRow>, request: TRequest) => Promise<Page<TRow>>,
  ): Promise<Page<TRow>> => {
    const pointer = await serving();
    const place = request.cursor === undefined ? undefined : parseCursor(request.cursor);
    const version = place?.version ?? pointer.version;
    if (version !== pointer.version && !isStillRead(version, pointer, clock.now())) {
      throw new InvalidArgumentError(
        `"${request.cursor}" is a cursor of version ${version} of projection "${name}", and version ${pointer.version} serves. Begin with the first page again.`,
      );
    }
    const found = await read(readerOf(version), place === undefined ? request : { ...request, cursor: place.cursor });
    return found.cursor === undefined ? found : { ...found, cursor: `${version}.${found.cursor}` };
  };

  return {
    get: async (key, options) => readerOf((await serving()).version).get(key, options),
    list: (request) => page(request, (reader, its) => reader.list(its)),
    all: (request = {}) => page(request, (reader, its) => reader.all(its)),
  };
}

function isStillRead(version: number, { previous, since }: Serving, now: number): boolean {
  return version === previous && now - Date.parse(since) <= LONGEST_CACHE_MS;
}

function parseCursor(cursor: string): { readonly version: number; readonly cursor: string } {
  const [, version, rest] = /^(\d+)\.(.+)$/.exec(cursor) ?? [];
  if (version === undefined || rest === undefined) {
    throw new InvalidArgumentError(
      `"${cursor}" is not a cursor of this reader. Give the one that its last page came with.`,
    );
  }
  return { version: Number(version), cursor: rest };
}

function check(versions: readonly Projection<object>[], cacheMs: number) {
  const named = versions.map(({ rows }) => versionOf(rows));
  const [first] = named;
  if (first === undefined)
    throw new InvalidArgumentError('A reader without versions reads nothing. Give at least one.');
  const known = named.map(({ version }) => version);
  if (named.some(({ name }) => name !== first.name) || new Set(known).size < known.length) {
    const given = versions.map(({ rows }) => rows.id).join(', ');
    throw new InvalidArgumentError(`${given} are not different versions of one projection. Give each version once.`);
  }
  if (!(cacheMs >= 0 && cacheMs <= LONGEST_CACHE_MS))
    throw new InvalidArgumentError(`cacheMs is ${cacheMs}; give a number from 0 to ${LONGEST_CACHE_MS}.`);
  return { name: first.name, known };
}
