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
  const definitions = definitionsOf(saga);
  const isCancellation = definitions.some(({ cancel }) => cancel === event.type);
  const isUnpinned = isCancellation && pinnedVersion(saga, event.metadata) === undefined;
  return typeof EVERFOLD_WITHOUT_EARLIER === 'undefined' && isUnpinned && definitions.length > 1
    ? anyOf(store, definitions, key)
    : [definitionFor(saga, event)];
}

async function anyOf(store: StreamStore, definitions: readonly AnySaga[], key: string): Promise<readonly AnySaga[]> {
  const rootsOf = ({ saga: { start, steps } }: { readonly saga: AnySaga }) => triggeredBy(start, steps);
  const versions = definitions.map((definition) => ({ saga: definition }));
  const begun = await begunUnder(store, versions, rootsOf, key);
  return begun ? [begun.saga] : definitions;
}
