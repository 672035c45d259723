import {
  ConditionalCheckFailedException,
  type CreateTableCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Books } from './books.js';

/** The table of the simulated payment provider and carrier: theirs, not the service's. */
export function booksTable(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
  } as const satisfies CreateTableCommandInput;
}

/** Books in a DynamoDB table, so that whoever keeps them outlives the service. Each name is a book of its own. */
export class DynamoDBBooks<TEntry> implements Books<TEntry> {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #prefix: string;

  constructor({ client, tableName, name }: { client: DynamoDBClient; tableName: string; name: string }) {
    this.#client = client;
    this.#tableName = tableName;
    this.#prefix = `${name}#`;
  }

  async enter(key: string, entry: TEntry): Promise<TEntry> {
    return (await this.#replace(key, undefined, entry)) ?? entry;
  }

  async amend(key: string, change: (entry: TEntry | undefined) => TEntry): Promise<TEntry> {
    while (true) {
      const standing = await this.#get(key);
      const changed = change(standing === undefined ? undefined : JSON.parse(standing));
      if ((await this.#replace(key, standing, changed)) === undefined) return changed;
    }
  }

  async find(key: string): Promise<TEntry | undefined> {
    const standing = await this.#get(key);
    return standing === undefined ? undefined : JSON.parse(standing);
  }

  async *all(): AsyncIterable<TEntry> {
    const pages = paginateScan({ client: this.#client }, { TableName: this.#tableName, ConsistentRead: true });
    for await (const { Items = [] } of pages) {
      for (const { key, entry } of Items) {
        if (key?.S?.startsWith(this.#prefix) && entry?.S !== undefined) yield JSON.parse(entry.S);
      }
    }
  }

  async #get(key: string): Promise<string | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { key: { S: this.#prefix + key } }, ConsistentRead: true }),
    );
    return Item?.entry?.S;
  }

  /** @returns What stands under the key when it is not `standing` any more. */
  async #replace(key: string, standing: string | undefined, entry: TEntry): Promise<TEntry | undefined> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: { key: { S: this.#prefix + key }, entry: { S: JSON.stringify(entry) } },
          ...(standing === undefined
            ? { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': 'key' } }
            : {
                ConditionExpression: '#entry = :standing',
                ExpressionAttributeNames: { '#entry': 'entry' },
                ExpressionAttributeValues: { ':standing': { S: standing } },
              }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item?.entry?.S === undefined) throw error;
      return JSON.parse(error.Item.entry.S);
    }
  }
}
