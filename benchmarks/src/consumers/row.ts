import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { readModelTable } from '@everfold/projections';
import type { Batch } from '../measure.js';
import type { Endpoint } from '../results.js';

/** What consumers work with. */
export interface Setting {
  readonly client: DynamoDBClient;
  readonly bus: EventBridgeClient;
  /** Where the stub of the bus tells what it got. */
  readonly busUrl: string;
  /** Beginning of the names of the tables. */
  readonly prefix: string;
}

export type ConsumerName = 'everfold' | 'naive' | 'raw';

/** One way to consume a batch. */
export interface Consumer {
  readonly name: ConsumerName;
  /** Prepares a batch that is new to everybody; only its `run` is measured. */
  prepare(): Promise<Batch>;
}

/** One line of the comparison: what is done with a batch of the event table's stream. */
export interface ConsumerRow {
  readonly name: string;
  readonly title: string;
  readonly endpoint: Endpoint;
  /** What is counted by the second. */
  readonly unit: 'events' | 'entries';
  /** The second is what the first is compared with. */
  consumers(setting: Setting): readonly [Consumer, Consumer];
}

/** Requests that are under way at a time, for everybody: what `projectionHandler` and `createPublisher` are given. */
export const CONCURRENCY = 8;

export function readModelsOf({ prefix }: Pick<Setting, 'prefix'>): string {
  return `${prefix}-read-models`;
}

export function naiveTableOf({ prefix }: Pick<Setting, 'prefix'>): string {
  return `${prefix}-naive`;
}

/** The tables of the rows; the naive one has no index, for nothing lists it. */
export function consumerTables(setting: Pick<Setting, 'prefix'>): CreateTableCommandInput[] {
  return [
    readModelTable(readModelsOf(setting)),
    {
      TableName: naiveTableOf(setting),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    },
  ];
}
