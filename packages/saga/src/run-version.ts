import type { RecordedEvent, StreamStore } from '@everfold/core';
import { triggeredBy } from './derive.js';
import { begunUnder } from './loaded-ledger.js';
import type { AnySaga } from './saga.js';
import { definitionFor, definitionsOf, pinnedVersion } from './versions.js';

declare const EVERFOLD_WITHOUT_EARLIER: true | undefined;

/**
 * The definitions under which an event is handled: the one that it belongs to. Only a cancellation that does not say under which
 * version its run was begun may be for several: as long as nothing is begun, it bars them all.
 *
 * Costs nothing but for such a cancellation, where there are several versions: then a Query for each first step, until one has begun.
 *
 * @throws UnknownSagaVersionError when the event was recorded under a version that is not at hand.
 */
export async function definitionsFor(
  store: StreamStore,
  saga: AnySaga,
  event: RecordedEvent,
  key: string,
): Promise<readonly AnySaga[]> {
  return typeof EVERFOLD_WITHOUT_EARLIER === 'undefined' && mayBeForSeveral(saga, event)
    ? anyBegun(store, definitionsOf(saga), key)
    : [definitionFor(saga, event)];
}

function mayBeForSeveral(saga: AnySaga, { type, metadata }: RecordedEvent): boolean {
  const definitions = definitionsOf(saga);
  const isCancellation = definitions.some(({ cancel }) => cancel === type);
  return isCancellation && definitions.length > 1 && pinnedVersion(saga, metadata) === undefined;
}

/** The one that a run was begun under, or all of them. */
async function anyBegun(store: StreamStore, definitions: readonly AnySaga[], key: string): Promise<readonly AnySaga[]> {
  const rootsOf = ({ saga: { start, steps } }: { readonly saga: AnySaga }) => triggeredBy(start, steps);
  const versions = definitions.map((definition) => ({ saga: definition }));
  const begun = await begunUnder(store, versions, rootsOf, key);
  return begun ? [begun.saga] : definitions;
}
