import type {
  PutItemCommandInput,
  QueryCommandInput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unlessWrittenSince } from '../../read-models/dynamodb/requests.js';
import { LISTING_INDEX, READ_MODEL_EXPIRES } from '../../read-models/dynamodb/table.js';
import type { Place } from '../../read-models/page.js';
import type { SkippedCommit, StandingWrite, StuckCommit } from '../parking-lot.js';
import { COUNT, entryKey, SINCE, toSkippedItem, toStandingItem } from './parking-item.js';

/** A table, and a projection that has its parking lot there. */
export interface TableLot {
  readonly tableName: string;
  readonly projection: string;
}

/** When a failure happened, and until when its count is kept. */
export interface CountTimes {
  /** ISO 8601. */
  readonly at: string;
  /** Seconds since 1970; `undefined` keeps the item for good. */
  readonly expires: number | undefined;
}

/**
 * The one request that counts a failure. An item that expires must hold nothing but counts, so one with skipped commits is
 * counted in without a time to live. On failure DynamoDB hands back what stands in the way.
 */
export function toCount(
  { tableName, projection }: TableLot,
  { stream, version }: Pick<StuckCommit, 'stream' | 'version'>,
  { at, expires }: CountTimes,
): UpdateItemCommandInput {
  const forGood = {
    update: '',
    condition: 'attribute_not_exists(#state) OR #state <> :parked',
    names: {},
    values: { ':parked': { S: 'parked' } },
  };
  const { update, condition, names, values } =
    expires === undefined
      ? forGood
      : {
          update: ', #expires = :expires',
          condition: 'attribute_not_exists(#state) AND attribute_not_exists(#skipped)',
          names: { '#skipped': 'skipped', '#expires': READ_MODEL_EXPIRES },
          values: { ':expires': { N: String(expires) } },
        };
  return {
    TableName: tableName,
    Key: entryKey(projection, stream),
    UpdateExpression: `ADD #rev :one, #count :one SET #since = if_not_exists(#since, :at)${update}`,
    ConditionExpression: condition,
    ExpressionAttributeNames: {
      '#rev': 'rev',
      '#count': `${COUNT}${version}`,
      '#since': `${SINCE}${version}`,
      '#state': 'state',
      ...names,
    },
    ExpressionAttributeValues: { ':one': { N: '1' }, ':at': { S: at }, ...values },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/**
 * The one request that changes a standing. An item of which nothing is left to know stays for a while: its revisions must
 * not begin anew under somebody who has read one.
 */
export function toStandingPut(
  { tableName, projection }: TableLot,
  write: StandingWrite,
  expires: number,
): PutItemCommandInput & { Item: NonNullable<PutItemCommandInput['Item']> } {
  const passing = write.parked === undefined && write.skipped.length === 0;
  const item = toStandingItem(projection, write);
  return {
    TableName: tableName,
    Item: passing ? { ...item, [READ_MODEL_EXPIRES]: { N: String(expires) } } : item,
    ...unlessWrittenSince(write),
  };
}

/** A standing and its audit, all or nothing. */
export function toAuditedPut(
  lot: TableLot,
  write: StandingWrite & { readonly audit: SkippedCommit },
  expires: number,
): TransactWriteItemsCommandInput {
  return {
    TransactItems: [
      { Put: toStandingPut(lot, write, expires) },
      { Put: { TableName: lot.tableName, Item: toSkippedItem(lot.projection, write.audit) } },
    ],
  };
}

/** What a page is to hold. */
export interface EntryQuery {
  readonly group: string;
  readonly after: Place | undefined;
  readonly limit: number;
  readonly descending: boolean;
}

/** A page of a group, out of the index. */
export function toEntryQuery(
  { tableName, projection }: TableLot,
  { group, after, limit, descending }: EntryQuery,
): QueryCommandInput {
  const [sort, stream, name] = after ?? [];
  return {
    TableName: tableName,
    IndexName: LISTING_INDEX,
    KeyConditionExpression: '#group = :group',
    ExpressionAttributeNames: { '#group': 'group' },
    ExpressionAttributeValues: { ':group': { S: group } },
    Limit: limit,
    ScanIndexForward: !descending,
    ...(sort === undefined || stream === undefined || name === undefined
      ? {}
      : { ExclusiveStartKey: { ...entryKey(projection, stream, name), group: { S: group }, sort: { S: sort } } }),
  };
}
