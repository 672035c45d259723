import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  type PutItemCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { itemBytes, meterCapacity } from '@everfold/dynamodb-store';

const { DYNAMODB_ENDPOINT: endpoint = 'http://localhost:8000' } = process.env;

type Item = Record<string, AttributeValue>;
type Requests = Partial<PutItemCommandInput & TransactWriteItemsCommandInput & BatchGetItemCommandInput>;

/** DynamoDB bills these for each item beside its own. Source: DynamoDB Developer Guide, "Item sizes and formats". */
const ITEM_OVERHEAD_BYTES = 100;

/** A table's name, and a client of its own that counts what is read from it, written to it, and stands in it. */
export function meteredTable(tableName: string) {
  const client = new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const meter = meterCapacity(client);
  let keysRead = 0;
  // DynamoDB Local reports 4 units for each transaction, whatever is in it. AWS bills two for each KB of each item.
  let transactionUnits = 0;
  let items: Item[] = [];
  let standing = new Map<string, number>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const { Item, TransactItems = [], RequestItems = {} } = args.input as Requests;
      const result = await next(args);
      const written = [Item, ...TransactItems.map(({ Put }) => Put?.Item)].filter((item) => item !== undefined);
      items.push(...written);
      for (const item of written) standing.set(keyOf(item), itemBytes(item) + ITEM_OVERHEAD_BYTES);
      keysRead += Object.values(RequestItems).reduce((sum, { Keys = [] }) => sum + Keys.length, 0);
      // What is updated in a transaction here are counts, far below a KB.
      for (const { Put } of TransactItems)
        transactionUnits += 2 * Math.max(1, Math.ceil(itemBytes(Put?.Item ?? {}) / 1024));
      return result;
    },
    { step: 'initialize', name: 'countItems' },
  );
  return {
    client,
    tableName,
    read: () => ({
      ...meter.read(),
      keysRead,
      transactionUnits,
      items: [...items],
      bytes: [...standing.values()].reduce((sum, bytes) => sum + bytes, 0),
    }),
    reset: () => {
      meter.reset();
      keysRead = 0;
      transactionUnits = 0;
      items = [];
      standing = new Map();
    },
  };
}

/** By the key of an event, or of a row. */
function keyOf({ stream, version, part, key }: Item): string {
  return JSON.stringify([stream, version, part, key]);
}

/** A new item as the table's stream brings it to a function, in a batch of its own. */
export function toStreamEvent(item: Item) {
  const { stream, version } = item;
  const dynamodb = {
    Keys: { stream, version },
    NewImage: item,
    SequenceNumber: '111111111111111111111',
    StreamViewType: 'NEW_IMAGE',
    ApproximateCreationDateTime: 1_767_323_045,
  };
  return { Records: [{ eventID: keyOf(item), eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb }] };
}
