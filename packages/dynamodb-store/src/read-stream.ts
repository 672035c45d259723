import { type Commit, checkRange, type EventStore, type ReadRange } from '@everfold/core';
import { ItemPages } from './item-pages.js';
import { type DynamoDBEventStoreOptions, operateInPages, type StoreContext, storeContext } from './store-context.js';
import { readBackward, readForward } from './stream-reader.js';

/** What reading streams takes of the options of the store. */
export type StreamReaderOptions = Omit<DynamoDBEventStoreOptions, 'ids' | 'compressAboveBytes' | 'onSnapshotSkipped'>;

/**
 * What reads the streams of an event table and nothing else, for projections and consumers: a bundle has less code, and its role
 * needs fewer permissions, than with the whole store.
 *
 * @throws InvalidArgumentError when `budgetMs` is below 0.
 *
 * @example
 * ```ts
 * const eventStore = createStreamReader({ client: new DynamoDBClient({}), tableName: 'events' });
 * export const handler = projectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function createStreamReader(options: StreamReaderOptions): Pick<EventStore, 'read'> {
  const context = storeContext(options);
  return { read: (stream, range) => readStream(context, stream, range) };
}

/** Reads a stream as `EventStore.read` says. */
export async function* readStream(context: StoreContext, stream: string, range: ReadRange = {}): AsyncIterable<Commit> {
  checkRange(stream, range);
  if (range.upTo !== undefined && range.upTo <= (range.after ?? 0)) return;
  yield* operateInPages(context, 'read', stream, async function* (operation) {
    const pages = new ItemPages({ ...context, stream, operation });
    for await (const commits of range.backward ? readBackward(pages, range) : readForward(pages, range)) yield* commits;
  });
}
