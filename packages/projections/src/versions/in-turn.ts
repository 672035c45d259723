import type { HandleCommits, StreamFailure } from '@everfold/dynamodb-store';

/**
 * Lets several projectors handle each batch, one after the other: a stream that one of them fails is delivered again to
 * all, and those that have applied it drop it.
 *
 * With the new version of a projection first and the one that serves after it, no row of the new one is ever behind: a
 * reader that is switched never steps back.
 *
 * @example
 * ```ts
 * export const handler = createStreamConsumer({
 *   handle: inTurn(
 *     createLiveProjector({ projection: ordersV2, eventStore, readModels }),
 *     createLiveProjector({ projection: orders, eventStore, readModels }),
 *   ),
 * });
 * ```
 */
export function inTurn(...handles: readonly HandleCommits[]): HandleCommits {
  return async (commits) => {
    const failures = new Map<string, StreamFailure>();
    for (const handle of handles) {
      for (const failure of await handle(commits)) {
        const earlier = failures.get(failure.stream);
        if (earlier === undefined || failure.after < earlier.after) failures.set(failure.stream, failure);
      }
    }
    return [...failures.values()];
  };
}
