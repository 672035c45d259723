import type { Commit } from '@everfold/core';
import { setUp } from '../apply/projector.test.fixture.js';
import type { Projection } from '../projection.js';
import { createParkingDesk } from './desk.js';
import { InMemoryParkingLot } from './in-memory-parking-lot.js';
import type { ParkingNotice } from './notice.js';
import type { Standing } from './parking-lot.js';

/** A lot in memory that notes every request. */
export class CountingLot extends InMemoryParkingLot {
  readonly requests: string[] = [];

  override count(...[projection, commit, at]: Parameters<InMemoryParkingLot['count']>) {
    this.requests.push(`count ${commit.stream}@${commit.version}`);
    return super.count(projection, commit, at);
  }

  override standings(projection: string, streams: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    this.requests.push(`standings ${streams.length}`);
    return super.standings(projection, streams);
  }

  override save(...[projection, write]: Parameters<InMemoryParkingLot['save']>) {
    this.requests.push(`save ${write.stream} ${write.parked?.state ?? 'released'}`);
    return super.save(projection, write);
  }
}

/** A projection that fails at chosen commits, with its parking lot and desk, on stores in memory. */
export function setUpParking<TRow extends object>(projection: Projection<TRow>, { attempts = 1 } = {}) {
  const poison = new Map<string, unknown>();
  const fragile: Projection<TRow> = {
    ...projection,
    changesOf: (event) => {
      const place = `${event.stream}@${event.version}`;
      if (poison.has(place)) throw poison.get(place);
      return projection.changesOf(event);
    },
  };
  const lot = new CountingLot();
  const notices: ParkingNotice[] = [];
  const shared = { lot, onParking: (notice: ParkingNotice) => notices.push(notice) };
  const bench = setUp(fragile, { parking: { ...shared, attempts } });
  const clock = { now: () => 0, sleep: async () => {} };
  const desk = createParkingDesk({
    projection: fragile,
    eventStore: bench.eventStore,
    readModels: bench.store,
    clock,
    ...shared,
  });
  return {
    ...bench,
    projection: fragile,
    lot,
    desk,
    notices,
    /** Has a commit fail. */
    spoil: ({ stream, version }: Commit, error: unknown = new Error('poison')) =>
      poison.set(`${stream}@${version}`, error),
    /** Has nothing fail any more. */
    mend: () => poison.clear(),
  };
}

/** The commit at this place, from 0. */
export function at(commits: readonly Commit[], index: number): Commit {
  const commit = commits[index];
  if (commit === undefined) throw new Error(`There is no commit ${index}.`);
  return commit;
}
