import { isDeepStrictEqual } from 'node:util';
import { type Commit, endOf, type Position, startOf, streamName } from '@everfold/core';
import { DynamoDBEventStore, inParallel } from '@everfold/dynamodb-store';
import {
  createProjector,
  createReader,
  DynamoDBReadModelStore,
  InMemoryReadModelStore,
  type ReadModelStore,
} from '@everfold/projections';
import { apply, lines, metadata, newOrder, type OrderEvent, orderPlaced } from '../order.js';
import { rebuildOf, type Setting } from './contestants.js';
import { ordersProjection, salesProjection } from './projections.js';

/** So many append at a time. */
const WRITERS = 8;

type Rows = Readonly<Record<string, object>>;
type AnyProjection = ReturnType<typeof ordersProjection | typeof salesProjection>;

/** Orders get another line in this order: a prime number, so that they are spread over the table. */
const STRIDE = 7_919;

/**
 * Rebuilds both projections while events are appended and projected live, to old orders and to new ones, and compares the
 * rows with a fold of all events, and with those of a projection that was never rebuilt.
 *
 * @throws Error when they differ.
 */
export async function checkLive(setting: Setting, run: number): Promise<{ events: number; appended: number }> {
  const { client, events: tableName } = setting;
  const eventStore = new DynamoDBEventStore({ client, tableName });
  const readModels = new DynamoDBReadModelStore({ client, tableName: setting.readModels });
  const projections = [ordersProjection(run), salesProjection(run)] as const;
  const all = await allCommits(eventStore);
  const before = all.length;

  let isBuilding = true;
  const building = Promise.all(projections.map((projection) => rebuildOf(setting, projection, readModels))).finally(
    () => {
      isBuilding = false;
    },
  );
  building.catch(() => undefined);
  const live = projections.map((projection) => createProjector<object>({ projection, eventStore, readModels }));
  await inParallel([...appends(all, run)], WRITERS, async (append) => {
    if (!isBuilding) return;
    const commit = await append(eventStore);
    all.push(commit);
    for (const handle of live) refuseFailures(await handle([commit]));
  });
  await building;

  for (const projection of projections) {
    const rebuilt = await rowsOf(projection, readModels);
    compare(`${projection.rows.id} differs from the fold of all events`, rebuilt, foldOf(projection, all));
    const never = new InMemoryReadModelStore();
    const handle = createProjector<object>({ projection, eventStore, readModels: never });
    for (let from = 0; from < all.length; from += 500) refuseFailures(await handle(all.slice(from, from + 500)));
    compare(`${projection.rows.id} differs from a live projection`, rebuilt, await rowsOf(projection, never));
  }
  return {
    events: all.reduce((sum, { events }) => sum + events.length, 0),
    appended: all.length - before,
  };
}

async function allCommits(eventStore: DynamoDBEventStore): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const page of eventStore.scan({ segments: 4 })) commits.push(...page.commits);
  return commits;
}

/** Appends a line to each order, turn and turn about with new orders. */
function* appends(
  commits: readonly Commit[],
  run: number,
): Generator<(store: DynamoDBEventStore) => Promise<Commit>, void> {
  const ends = new Map<string, Position>();
  for (const commit of commits)
    if (commit.last > (ends.get(commit.stream)?.version ?? 0)) ends.set(commit.stream, endOf(commit));
  const orders = [...ends];
  for (let index = 0; index < orders.length; index++) {
    const [stream, after] = orders[(index * STRIDE) % orders.length] ?? ['', startOf('')];
    const id = stream.slice(stream.indexOf('-') + 1);
    yield (store) => store.append({ after, events: lines(id, after.version, 1), metadata });
    const added = `o${run}-${index}`;
    const events = [orderPlaced(added), ...lines(added, 0, 2)];
    yield (store) => store.append({ after: startOf(streamName('order', added)), events, metadata });
  }
}

async function rowsOf(projection: AnyProjection, readModels: ReadModelStore): Promise<Rows> {
  const rows: [string, object][] = [];
  const reader = createReader<object>(projection, readModels);
  let cursor: string | undefined;
  do {
    const page = await reader.all({ limit: 1_000, consistent: true, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key, row } of page.rows) rows.push([key, row]);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return Object.fromEntries(rows);
}

/** What the rows come to, without any of Everfold's code. */
function foldOf({ positions }: AnyProjection, commits: readonly Commit[]): Rows {
  const inOrder = commits.toSorted((one, other) => one.version - other.version);
  const orders: Record<string, object> = {};
  const sales: Record<string, { units: number; cents: number }> = {};
  for (const { stream, events } of inOrder) {
    const id = stream.slice(stream.indexOf('-') + 1);
    for (const event of events.filter(isOrderEvent)) {
      orders[id] = apply({ ...newOrder, ...orders[id] }, event);
      if (event.type !== 'LineAdded') continue;
      const { product, units, unitPrice } = event.data;
      const total = sales[product.category] ?? { units: 0, cents: 0 };
      sales[product.category] = { units: total.units + units, cents: total.cents + units * unitPrice.cents };
    }
  }
  return positions === 'in-row' ? orders : sales;
}

function isOrderEvent(event: { readonly type: string }): event is OrderEvent {
  return event.type === 'OrderPlaced' || event.type === 'LineAdded';
}

function compare(what: string, found: Rows, expected: Rows): void {
  if (isDeepStrictEqual(found, expected)) return;
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const key = keys.find((each) => !isDeepStrictEqual(found[each], expected[each])) ?? '';
  const rows = `${JSON.stringify(found[key])} for ${JSON.stringify(expected[key])}`;
  throw new Error(`${what}: row "${key}" is ${rows}, of ${keys.length} rows.`);
}

function refuseFailures(failures: readonly { readonly stream: string; readonly error: unknown }[]): void {
  const [first] = failures;
  if (first !== undefined) throw new Error(`Projecting "${first.stream}" failed.`, { cause: first.error });
}
