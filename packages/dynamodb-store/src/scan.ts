import { type AttributeValue, type DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import {
  type Clock,
  checkCategory,
  checkScan,
  InvalidArgumentError,
  readCursor,
  type ScanOptions,
  type ScanPage,
  type SegmentStates,
  writeCursor,
} from '@everfold/core';
import { fromItem, type Item } from './commit-item.js';
import type { Operation } from './connection.js';
import { isWorthRepeating, throwTranslated } from './failures.js';
import { itemBytes } from './item-bytes.js';
import { type Pace, paceOf } from './pace.js';
import { unlogged } from './unlogged.js';

/** The key of the last item read in a segment. */
type Place = readonly [stream: string, version: number];

/** What a scan works with. */
export interface ScanPorts {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly operation: Operation;
}

interface SegmentPage {
  readonly segment: number;
  readonly items: readonly Item[];
  readonly next: Place | null;
  readonly units: number;
}

/** Half a read unit for each 4 KB. Source: Developer Guide, "DynamoDB read and write operations". */
const BYTES_PER_UNIT = 8 * 1024;

/** Scans commits: segments side by side, pages as they come, never faster than asked. */
export async function* scanCommits(ports: ScanPorts, options: ScanOptions): AsyncIterable<ScanPage> {
  checkScan(options);
  const { category, segments = 1, cursor } = options;
  if (category !== undefined) checkCategory(category);
  const states = readCursor<Place>(cursor, segments);
  if (!Object.values(states).every(isPlace)) {
    throw new InvalidArgumentError('The cursor is of another store. Give one that a page of this one had.');
  }
  const filter = category === undefined ? isCommit : ofCategory(category);
  const tally = tallyOf(ports, options, states);

  for await (const { segment, items, next } of pages(ports, options, states, filter)) {
    states[segment] = next;
    const commits = items.map(fromItem);
    tally(
      commits.length,
      commits.reduce((sum, commit) => sum + commit.events.length, 0),
    );
    yield { commits, cursor: writeCursor(segments, states) };
  }
}

/** Scans the names of a category's streams: the first item of each. */
export async function* scanStreams(
  ports: ScanPorts,
  category: string,
  options: Omit<ScanOptions, 'category' | 'cursor'>,
): AsyncIterable<string> {
  checkScan(options);
  checkCategory(category);
  const { FilterExpression, ExpressionAttributeNames, ExpressionAttributeValues } = ofCategory(category);
  const firsts = {
    FilterExpression: `${FilterExpression} AND #version = :first`,
    ProjectionExpression: '#stream',
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#version': 'version' },
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ':first': { N: '1' } },
  };
  const states: SegmentStates<Place> = {};
  const tally = tallyOf(ports, options, states);
  for await (const { segment, items, next } of pages(ports, options, states, firsts)) {
    states[segment] = next;
    tally(items.length, 0);
    for (const { stream } of items) if (stream?.S !== undefined) yield stream.S;
  }
}

/** Adds up what pages bring, and tells of it. */
function tallyOf(
  { operation }: ScanPorts,
  { segments = 1, onProgress = () => undefined }: ScanOptions,
  states: Readonly<SegmentStates<Place>>,
): (commits: number, events: number) => void {
  let [allCommits, allEvents] = [0, 0];
  return (commits, events) => {
    allCommits += commits;
    allEvents += events;
    const segmentsDone = Object.values(states).filter((state) => state === null).length;
    const { requests, readUnits } = operation.taken;
    onProgress({ commits: allCommits, events: allEvents, requests, readUnits, segmentsDone, segments });
  };
}

/** Claims are no commits: their keys begin with `$`, which no category does. */
const isCommit = {
  FilterExpression: 'NOT begins_with(#stream, :prefix)',
  ExpressionAttributeNames: { '#stream': 'stream' },
  ExpressionAttributeValues: { ':prefix': { S: '$' } },
};

function ofCategory(category: string) {
  return {
    FilterExpression: 'begins_with(#stream, :prefix)',
    ExpressionAttributeNames: { '#stream': 'stream' },
    ExpressionAttributeValues: { ':prefix': { S: `${category}-` } },
  };
}

/** One page of each segment under way at any time; whichever is there first is handed out first. */
async function* pages(
  ports: ScanPorts,
  { segments = 1, unitsPerSecond }: ScanOptions,
  states: Readonly<Record<string, Place | null>>,
  filter: Partial<ScanCommandInput>,
): AsyncIterable<SegmentPage> {
  const pace = paceOf(ports.clock, unitsPerSecond);
  const read = (segment: number, after: Place | undefined) =>
    readPage(ports, toScan(ports.tableName, { segment, segments, after, filter }), segment, pace);
  const underWay = new Map<number, Promise<SegmentPage>>();
  for (let segment = 0; segment < segments; segment++) {
    const place = states[segment];
    if (place !== null) underWay.set(segment, read(segment, place));
  }
  // A page that nobody waits for yet must not fail as an unhandled rejection.
  for (const page of underWay.values()) page.catch(() => undefined);
  while (underWay.size > 0) {
    const page = await Promise.race(underWay.values());
    yield page;
    const { segment, next } = page;
    if (next === null) underWay.delete(segment);
    else {
      const following = read(segment, next);
      following.catch(() => undefined);
      underWay.set(segment, following);
    }
  }
}

/** The request of one page. It always asks for its consumption, which is free: the rate is kept by it. */
function toScan(
  tableName: string,
  part: { segment: number; segments: number; after: Place | undefined; filter: Partial<ScanCommandInput> },
): ScanCommandInput {
  const { segment, segments, after, filter } = part;
  return {
    ...filter,
    TableName: tableName,
    Segment: segment,
    TotalSegments: segments,
    ReturnConsumedCapacity: 'TOTAL',
    ...(after === undefined
      ? {}
      : { ExclusiveStartKey: { stream: { S: after[0] }, version: { N: String(after[1]) } } }),
  };
}

async function readPage(
  { client, operation }: ScanPorts,
  input: ScanCommandInput,
  segment: number,
  pace: Pace,
): Promise<SegmentPage> {
  await pace.wait();
  const command = unlogged(client, new ScanCommand(input));
  const page = await operation.send('read', () => client.send(command), isWorthRepeating).catch(throwTranslated);
  const { Items: items = [], LastEvaluatedKey: last, ConsumedCapacity: consumed } = page;
  const bytes = () => items.reduce((sum, item) => sum + itemBytes(item), 0);
  operation.count(bytes);
  const units = consumed?.CapacityUnits ?? bytes() / BYTES_PER_UNIT;
  pace.spend(units);
  return { segment, items, next: placeOf(last), units };
}

function placeOf(key: Record<string, AttributeValue> | undefined): Place | null {
  return key === undefined ? null : [key.stream?.S ?? '', Number(key.version?.N)];
}

function isPlace(state: unknown): boolean {
  return state === null || (Array.isArray(state) && typeof state[0] === 'string' && Number.isSafeInteger(state[1]));
}
