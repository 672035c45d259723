import {
  type AttributeValue,
  type CreateTableCommandInput,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { metadata, type OrderEvent } from '../order.js';
import { type Setting, withStream } from './system.js';

type Item = Record<string, AttributeValue>;

/** What the JSON string of an item holds: all that is known about the events of one command. */
interface Body {
  readonly at: string;
  readonly metadata: typeof metadata;
  readonly events: readonly OrderEvent[];
}

export interface Written {
  readonly version: number;
  readonly body: Body;
}

/** The least that a table of events can be: two keys and a string. */
export class RawTable {
  readonly definition: CreateTableCommandInput;
  readonly #client: Setting['client'];
  readonly #name: string;

  constructor({ client, prefix }: Setting) {
    this.#client = client;
    this.#name = `${prefix}-raw`;
    this.definition = {
      TableName: this.#name,
      BillingMode: 'PAY_PER_REQUEST',
      ...withStream,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    };
  }

  async put(orderId: string, version: number, events: readonly OrderEvent[], attributes: Item = {}): Promise<void> {
    const body: Body = { at: new Date().toISOString(), metadata, events };
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#name,
        Item: { pk: { S: orderId }, sk: { N: String(version) }, body: { S: JSON.stringify(body) }, ...attributes },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  }

  async readAll(orderId: string): Promise<Written[]> {
    const written: Written[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#query(orderId, { ExclusiveStartKey });
      for (const { sk, body } of Items) written.push({ version: Number(sk?.N), body: JSON.parse(body?.S ?? '') });
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return written;
  }

  async readLast(orderId: string): Promise<Item | undefined> {
    const { Items = [] } = await this.#query(orderId, { ScanIndexForward: false, Limit: 1 });
    return Items[0];
  }

  #query(orderId: string, options: Partial<QueryCommandInput>) {
    return this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: orderId } },
        ...options,
      }),
    );
  }
}
