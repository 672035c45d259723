import { gunzipSync } from 'node:zlib';
import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { DynamoDBReadModelStore, rebuild } from '@everfold/projections';
import { ordersProjection, salesProjection } from './projections.js';

/** The tables of a comparison. */
export interface Setting {
  readonly client: DynamoDBClient;
  readonly events: string;
  readonly readModels: string;
}

/** What reads the whole event table once, and gives the number of events that it came by. */
export interface Contestant {
  readonly name: string;
  /** @param run - Counts up: what is built belongs to this run alone. */
  readonly run: (setting: Setting, run: number) => Promise<number>;
}

const SEGMENTS = 4;

export const contestants: readonly [Contestant, ...Contestant[]] = [
  { name: 'raw scan', run: scanRaw },
  { name: 'eventStore.scan', run: scanStore },
  { name: 'rebuild, positions in the rows', run: (setting, run) => rebuildOf(setting, ordersProjection(run)) },
  { name: 'rebuild, positions beside the rows', run: (setting, run) => rebuildOf(setting, salesProjection(run)) },
];

/** The least there is: segments side by side, by the SDK alone, and each commit's events parsed. */
async function scanRaw({ client, events: TableName }: Setting): Promise<number> {
  const segment = async (Segment: number) => {
    let events = 0;
    let from: Record<string, AttributeValue> | undefined;
    do {
      const input = { TableName, Segment, TotalSegments: SEGMENTS, ExclusiveStartKey: from };
      const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand(input));
      for (const { events: packed } of Items) {
        const parsed: unknown = JSON.parse(packed?.S ?? gunzipSync(packed?.B ?? '').toString());
        events += Array.isArray(parsed) ? parsed.length : 0;
      }
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return events;
  };
  const counts = await Promise.all(Array.from({ length: SEGMENTS }, (_, index) => segment(index)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function scanStore({ client, events: tableName }: Setting): Promise<number> {
  let events = 0;
  for await (const { commits } of new DynamoDBEventStore({ client, tableName }).scan({ segments: SEGMENTS }))
    for (const commit of commits) events += commit.events.length;
  return events;
}

async function rebuildOf(
  { client, events: tableName, readModels }: Setting,
  projection: ReturnType<typeof ordersProjection | typeof salesProjection>,
): Promise<number> {
  const { events } = await rebuild<object>({
    projection,
    eventStore: new DynamoDBEventStore({ client, tableName }),
    readModels: new DynamoDBReadModelStore({ client, tableName: readModels }),
    segments: SEGMENTS,
  });
  return events;
}
