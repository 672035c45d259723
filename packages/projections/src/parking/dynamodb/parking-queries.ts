import { queryItems } from '../../read-models/dynamodb/query-items.js';
import { limitOf, placeOf } from '../../read-models/page.js';
import type { PageRequest } from '../../read-models/read-model-store.js';
import type { ParkedStream, ParkingPage, ParkingQueries, SkippedCommit } from '../parking-lot.js';
import { PLACE_PARTS, toParkingPage } from '../parking-page.js';
import { entryOf, parkedGroup, skippedGroup } from './parking-item.js';
import { toEntryQuery } from './parking-requests.js';
import type { DynamoDBParkingLotOptions } from './parking-writes.js';

/**
 * What tells of the parking lot on a DynamoDB table what waits: a bundle that only asks has less code with it than with the whole lot.
 * What each method costs is said at `DynamoDBParkingLot`.
 *
 * @example
 * ```ts
 * const parked = createParkingQueries({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * const { entries } = await parked.listParked('orders@1', { limit: 100 });
 * ```
 */
export function createParkingQueries({
  client,
  tableName,
}: Pick<DynamoDBParkingLotOptions, 'client' | 'tableName'>): ParkingQueries {
  async function list<TEntry extends ParkedStream | SkippedCommit>(
    projection: string,
    group: string,
    request: PageRequest,
  ): Promise<ParkingPage<TEntry>> {
    const limit = limitOf(request);
    const { descending = false } = request;
    const query = { group, after: placeOf(request, PLACE_PARTS), limit: limit + 1, descending };
    const items = await queryItems(client, toEntryQuery({ tableName, projection }, query), limit + 1);
    const found = items.map((item) => {
      const entry = entryOf<TEntry>(item);
      return { entry, place: [item.sort?.S ?? '', entry.stream, item.key?.S ?? ''] };
    });
    return toParkingPage(found, limit);
  }
  return {
    listParked: (projection, request) => list(projection, parkedGroup(projection), request),
    listSkipped: (projection, request) => list(projection, skippedGroup(projection), request),
  };
}
