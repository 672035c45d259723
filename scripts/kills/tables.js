// What the tables hold, read without any code of the service.
import { gunzipSync } from 'node:zlib';
import { DescribeTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';

/** @typedef {{ EVENTS_TABLE: string, READ_MODELS_TABLE: string, BOOKS_TABLE: string }} Names */

/** @param {string} endpoint */
export function connect(endpoint) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 10 });
}

/**
 * How many items a table has; DynamoDB Local counts them for every answer.
 *
 * @param {DynamoDBClient} client
 * @param {string} table
 */
export async function countItems(client, table) {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.ItemCount ?? 0;
  } catch {
    // It is not made yet, or DynamoDB is down.
    return 0;
  }
}

/**
 * Compares the histories of all orders in the event table, the timelines in the read model, and the keys in the books
 * with what has to have happened.
 *
 * @param {DynamoDBClient} client
 * @param {Names} names
 * @param {Map<string, readonly string[]>} histories
 */
export async function compare(client, names, histories) {
  const commits = await readCommits(client, names.EVENTS_TABLE);
  const events = commits.flatMap((commit) => commit.events.map((event) => ({ ...event, stream: commit.stream })));
  const rows = await readRows(client, names.READ_MODELS_TABLE);
  const keys = await readKeys(client, names.BOOKS_TABLE);
  const problems = [
    ...gaps(commits),
    ...stockProblems(events),
    ...differences('history', histories, typesByOrder(events)),
    ...differences('read model', histories, collect(rows.map(({ orderId, types }) => [orderId, ...types]))),
    ...differences('books', keysOf(histories), collect(keys.map((key) => [key.split('/').at(-1) ?? '', key]))),
  ];
  return { problems, events: events.length, rows: rows.length, entries: keys.length };
}

/**
 * @param {DynamoDBClient} client
 * @param {string} table
 */
async function readCommits(client, table) {
  const commits = [];
  for await (const { stream, version, last, events, enc } of scan(client, table)) {
    const text = enc === undefined ? events?.S : gunzipSync(events?.B ?? Buffer.alloc(0)).toString();
    /** @type {{ type: string, data: { orderId: string } }[]} */
    const recorded = JSON.parse(text ?? '[]');
    commits.push({ stream: stream?.S ?? '', version: Number(version?.N), last: Number(last?.N), events: recorded });
  }
  return commits;
}

/**
 * The rows of orders, each with the types on its timeline.
 *
 * @param {DynamoDBClient} client
 * @param {string} table
 */
async function readRows(client, table) {
  const rows = [];
  for await (const { row } of scan(client, table)) {
    /** @type {{ orderId: string, timeline?: { type: string }[] }} */
    const { orderId, timeline } = JSON.parse(row?.S ?? '{}');
    if (timeline !== undefined) rows.push({ orderId, types: timeline.map(({ type }) => type) });
  }
  return rows;
}

/**
 * @param {DynamoDBClient} client
 * @param {string} table
 */
async function readKeys(client, table) {
  const keys = [];
  for await (const { key } of scan(client, table)) keys.push(key?.S ?? '');
  return keys;
}

/** @param {{ stream: string, version: number, last: number }[]} commits */
function* gaps(commits) {
  const ends = new Map();
  for (const { stream, version, last } of commits.toSorted((one, other) => one.version - other.version)) {
    const end = ends.get(stream) ?? 0;
    if (version !== end + 1) yield `stream ${stream} goes from version ${end} to ${version}`;
    ends.set(stream, last);
  }
}

/**
 * A product's units are received once, and for each order reserved once and then issued or released once.
 *
 * @param {{ stream: string, type: string, data: { orderId?: string } }[]} events
 */
function* stockProblems(events) {
  const ofStock = events.filter(({ stream }) => stream.startsWith('stock-'));
  const types = collect(ofStock.map(({ stream, type, data }) => [`${stream} ${data.orderId ?? ''}`, type]));
  for (const [id, seen] of types) {
    if (!/^(StockReceived|Stock(Issued|Released),StockReserved)$/.test(seen.toSorted().join())) yield `${id}: ${seen}`;
  }
}

/**
 * What begins with a dollar sign is the ledgers' own business.
 *
 * @param {{ stream: string, type: string, data: { orderId: string } }[]} events
 */
function typesByOrder(events) {
  const ofOrders = events.filter(({ stream, type }) => !stream.startsWith('stock-') && !type.startsWith('$'));
  return collect(ofOrders.map(({ type, data }) => [data.orderId, type]));
}

/**
 * The keys that the books have to have for each order.
 *
 * @param {Map<string, readonly string[]>} histories
 */
function keysOf(histories) {
  return collect(
    [...histories].flatMap(([orderId, types]) => [
      ...(types.some((type) => type.startsWith('Payment')) ? [[orderId, `charges#fulfilment/charge/${orderId}`]] : []),
      ...(types.some((type) => type === 'OrderCompleted' || type === 'OrderCancelled')
        ? [[orderId, `mails#end/${orderId}`]]
        : []),
      ...(types.some((type) => type.startsWith('Ship')) ? [[orderId, `parcels#fulfilment/ship/${orderId}`]] : []),
    ]),
  );
}

/**
 * Gathers values by what they are filed under, which comes first.
 *
 * @param {readonly (readonly string[])[]} pairs
 * @returns {Map<string, string[]>}
 */
function collect(pairs) {
  /** @type {Map<string, string[]>} */
  const collected = new Map();
  for (const [key = '', ...values] of pairs) collected.set(key, [...(collected.get(key) ?? []), ...values]);
  return collected;
}

/**
 * @param {string} where
 * @param {Map<string, readonly string[]>} expected
 * @param {Map<string, readonly string[]>} found
 */
function* differences(where, expected, found) {
  for (const id of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, seen] = [expected, found].map((all) => (all.get(id) ?? []).toSorted().join(', '));
    if (wanted !== seen) yield `${where} of order ${id}: expected ${wanted || 'nothing'}, found ${seen || 'nothing'}`;
  }
}

/**
 * @param {DynamoDBClient} client
 * @param {string} TableName
 */
async function* scan(client, TableName) {
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) yield* Items;
}
