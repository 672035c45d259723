import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { itemBytes } from '@everfold/dynamodb-store';

type Item = Readonly<Record<string, AttributeValue>>;

/** A write unit is 1 KB. Source: Developer Guide, "DynamoDB read and write operations". */
const UNIT_BYTES = 1_024;

/**
 * The write units of an item: one for each started KB, two in a transaction; and one for each started KB of what each
 * secondary index holds of it. DynamoDB Local reports 4 for every transaction, whatever is in it.
 */
export function writeUnits(item: Item, table: CreateTableCommandInput, inTransaction: boolean): number {
  const own = unitsOf(item) * (inTransaction ? 2 : 1);
  const indexes = table.GlobalSecondaryIndexes ?? [];
  return indexes.reduce((units, { KeySchema = [], Projection }) => {
    const isHeld = KeySchema.every(({ AttributeName = '' }) => item[AttributeName] !== undefined);
    if (!isHeld) return units;
    // Keys alone fill no KB.
    return units + (Projection?.ProjectionType === 'ALL' ? unitsOf(item) : 1);
  }, own);
}

/**
 * The read units of a BatchGetItem for items that are not there: as much as for small ones. DynamoDB Local reports none.
 * Source: Developer Guide, "DynamoDB read and write operations".
 */
export function missingReadUnits(
  { RequestItems = {} }: Pick<BatchGetItemCommandInput, 'RequestItems'>,
  { Responses = {}, UnprocessedKeys = {} }: Pick<BatchGetItemCommandOutput, 'Responses' | 'UnprocessedKeys'>,
): number {
  return Object.entries(RequestItems).reduce((units, [table, { Keys = [], ConsistentRead = false }]) => {
    const answered = Keys.length - (UnprocessedKeys[table]?.Keys?.length ?? 0);
    const missing = answered - (Responses[table]?.length ?? 0);
    return units + missing * (ConsistentRead ? 1 : 0.5);
  }, 0);
}

function unitsOf(item: Item): number {
  return Math.max(1, Math.ceil(itemBytes(item) / UNIT_BYTES));
}
