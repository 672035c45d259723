import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type PutItemCommandInput,
  type TransactWriteItemsCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { createClient } from './client.js';

/** An item that was put, and where. */
export interface RecordedPut {
  readonly table: string;
  readonly item: Record<string, AttributeValue>;
}

/** DynamoDB writes at most 25 items in a batch. Source: API Reference, "BatchWriteItem". */
const LARGEST_BATCH = 25;
const CONCURRENT_BATCHES = 8;

/**
 * Runs a system's own writes on a client that sends nothing, and gives the items that they would have put. Ten thousand
 * appends, one after the other, take a quarter of a minute in each system; writing their items in batches takes a
 * second and leaves the same table.
 */
export async function recordPuts(write: (client: DynamoDBClient) => Promise<void>): Promise<RecordedPut[]> {
  const recorded: RecordedPut[] = [];
  const client = createClient('http://recorder.invalid');
  client.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        for (const { TableName: table = '', Item: item } of putsOf(String(commandName), input)) {
          if (item !== undefined) recorded.push({ table, item });
        }
        return { output: { $metadata: {} }, response: undefined };
      },
    { step: 'initialize', name: 'recordPuts' },
  );
  await write(client);
  client.destroy();
  return recorded;
}

function putsOf(command: string, input: object): Pick<PutItemCommandInput, 'TableName' | 'Item'>[] {
  if (command === 'PutItemCommand') return [input as PutItemCommandInput];
  if (command !== 'TransactWriteItemsCommand') return [];
  const { TransactItems = [] } = input as TransactWriteItemsCommandInput;
  return TransactItems.flatMap(({ Put }) => (Put === undefined ? [] : [Put]));
}

/** Writes items in batches, several at a time. */
export async function writePuts(client: DynamoDBClient, puts: readonly RecordedPut[]): Promise<void> {
  const batches = [...new Set(puts.map(({ table }) => table))].flatMap((table) => batchesOf(table, puts));
  const writeBatches = async () => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await writeBatch(client, batch);
  };
  await Promise.all(Array.from({ length: CONCURRENT_BATCHES }, writeBatches));
}

type Batch = Record<string, WriteRequest[]>;

function batchesOf(table: string, puts: readonly RecordedPut[]): Batch[] {
  const requests = puts.filter((put) => put.table === table).map(({ item }) => ({ PutRequest: { Item: item } }));
  return Array.from({ length: Math.ceil(requests.length / LARGEST_BATCH) }, (_, batch) => ({
    [table]: requests.slice(batch * LARGEST_BATCH, (batch + 1) * LARGEST_BATCH),
  }));
}

async function writeBatch(client: DynamoDBClient, batch: Batch): Promise<void> {
  let RequestItems = batch;
  while (Object.keys(RequestItems).length > 0) {
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    RequestItems = UnprocessedItems;
  }
}
