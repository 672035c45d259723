import { limitOf, type Place, placeOf } from '../read-models/page.js';
import type { PageRequest } from '../read-models/read-model-store.js';
import { compareText } from '../read-models/row-set.js';
import {
  type Attempts,
  type Counted,
  type ParkedStream,
  type ParkingLot,
  type ParkingPage,
  type SkippedCommit,
  type Standing,
  type StandingWrite,
  type StuckCommit,
  unblemished,
} from './parking-lot.js';
import { PLACE_PARTS, STANDING, skippedName, toParkingPage } from './parking-page.js';
import { isSkipped } from './skips.js';

interface Entry extends Standing {
  readonly attempts: ReadonlyMap<number, Attempts>;
}

/** A parking lot for tests and for a machine without DynamoDB. What it holds is gone with the process. */
export class InMemoryParkingLot implements ParkingLot {
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #skipped = new Map<string, SkippedCommit[]>();

  async count(
    projection: string,
    { stream, version }: Pick<StuckCommit, 'stream' | 'version'>,
    at: string,
  ): Promise<Counted> {
    const { attempts, ...standing } = this.#entry(projection, stream);
    if (standing.parked?.state === 'parked' || isSkipped(standing.skipped, version))
      return { standing, attempts: undefined };
    const { count, since } = attempts.get(version) ?? { count: 0, since: at };
    const counted = { count: count + 1, since };
    const next = { ...standing, revision: standing.revision + 1 };
    this.#of(projection).set(stream, { ...next, attempts: new Map([...attempts, [version, counted]]) });
    return { standing: next, attempts: counted };
  }

  async standings(projection: string, streams: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    return new Map(
      streams.map((stream) => {
        const { revision, parked, skipped } = this.#entry(projection, stream);
        return [stream, { revision, parked, skipped }];
      }),
    );
  }

  async save(projection: string, { stream, revision, parked, skipped, audit }: StandingWrite): Promise<boolean> {
    if (this.#entry(projection, stream).revision !== revision) return false;
    this.#of(projection).set(stream, { revision: revision + 1, parked, skipped, attempts: new Map() });
    if (audit !== undefined) this.#skipped.set(projection, [...(this.#skipped.get(projection) ?? []), audit]);
    return true;
  }

  async listParked(projection: string, request: PageRequest): Promise<ParkingPage<ParkedStream>> {
    const parked = [...this.#of(projection).values()].flatMap((entry) => entry.parked ?? []);
    return pageOf(parked, request, (one) => [one.parkedAt, one.stream, STANDING]);
  }

  async listSkipped(projection: string, request: PageRequest): Promise<ParkingPage<SkippedCommit>> {
    return pageOf(this.#skipped.get(projection) ?? [], request, (one) => [
      one.at,
      one.stream,
      skippedName(one.version),
    ]);
  }

  #of(projection: string): Map<string, Entry> {
    const entries = this.#entries.get(projection) ?? new Map<string, Entry>();
    this.#entries.set(projection, entries);
    return entries;
  }

  #entry(projection: string, stream: string): Entry {
    return this.#of(projection).get(stream) ?? { ...unblemished, attempts: new Map() };
  }
}

function pageOf<TEntry>(
  entries: readonly TEntry[],
  request: PageRequest,
  placeOfEntry: (entry: TEntry) => Place,
): ParkingPage<TEntry> {
  const limit = limitOf(request);
  const after = placeOf(request, PLACE_PARTS);
  const direction = request.descending ? -1 : 1;
  const found = entries
    .map((entry) => ({ entry, place: placeOfEntry(entry) }))
    .filter(({ place }) => after === undefined || direction * compare(place, after) > 0)
    .sort((one, other) => direction * compare(one.place, other.place));
  return toParkingPage(found, limit);
}

function compare(one: Place, other: Place): number {
  const differing = one.findIndex((part, index) => part !== other[index]);
  return compareText(one[differing] ?? '', other[differing] ?? '');
}
