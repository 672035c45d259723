import type { Commit } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import type { ScanOptions, ScanPage } from './event-store.js';
import { checkScan } from './reading.js';
import { readCursor, writeCursor } from './scan-cursor.js';
import { checkCategory } from './stream.js';

/** What a page has at most. */
const PAGE_COMMITS = 100;

/** Where a segment stands in its list of streams: so many streams are done, and so many commits of the next one. */
type Place = readonly [streams: number, commits: number];

/** Scans streams as a table is scanned: each stream is in one segment, pages of all segments take turns. */
export function* scanInMemory(
  streams: ReadonlyMap<string, readonly { readonly json: string }[]>,
  options: ScanOptions,
): Iterable<ScanPage> {
  checkScan(options);
  const { category, segments = 1, cursor, onProgress = () => undefined } = options;
  if (category !== undefined) checkCategory(category);
  const states = readCursor<Place>(cursor, segments);
  if (!Object.values(states).every(isPlace)) {
    throw new InvalidArgumentError('The cursor is of another store. Give one that a page of this one had.');
  }
  const done = () => Object.values(states).filter((state) => state === null).length;
  let [commits, events, requests] = [0, 0, 0];

  while (done() < segments) {
    for (let segment = 0; segment < segments; segment++) {
      const place = states[segment];
      if (place === null) continue;
      const names = [...streams.keys()].filter((_, index) => index % segments === segment);
      const { page, next } = pageFrom(streams, names, place ?? [0, 0]);
      states[segment] = next;
      const chosen = page.filter(({ stream }) => category === undefined || stream.startsWith(`${category}-`));
      requests++;
      commits += chosen.length;
      events += chosen.reduce((sum, commit) => sum + commit.events.length, 0);
      onProgress({ commits, events, requests, readUnits: 0, segmentsDone: done(), segments });
      yield { commits: chosen, cursor: writeCursor(segments, states) };
    }
  }
}

function isPlace(state: unknown): boolean {
  return state === null || (Array.isArray(state) && state.length === 2 && state.every(Number.isSafeInteger));
}

function pageFrom(
  streams: ReadonlyMap<string, readonly { readonly json: string }[]>,
  names: readonly string[],
  [stream, commit]: Place,
): { readonly page: Commit[]; readonly next: Place | null } {
  const page: Commit[] = [];
  let [atStream, atCommit] = [stream, commit];
  for (; atStream < names.length; atStream++, atCommit = 0) {
    const kept = streams.get(names[atStream] ?? '') ?? [];
    for (; atCommit < kept.length; atCommit++) {
      if (page.length === PAGE_COMMITS) return { page, next: [atStream, atCommit] };
      page.push(JSON.parse(kept[atCommit]?.json ?? ''));
    }
  }
  return { page, next: null };
}
