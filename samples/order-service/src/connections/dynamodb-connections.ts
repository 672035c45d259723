import {
  type AttributeValue,
  type CreateTableCommandInput,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '@everfold/core';
import { type Connection, type Connections, LONGEST_MS } from './connections.js';

const BY_CONNECTION = 'by-connection';

/** The attribute by which DynamoDB removes what API Gateway has told nobody of. */
export const CONNECTIONS_TIME_TO_LIVE = 'expiresAt';

/** The table of the connections: found by their customer, and by their ids for when one is over. */
export function connectionsTable(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'customer', AttributeType: 'S' },
      { AttributeName: 'connection', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'customer', KeyType: 'HASH' },
      { AttributeName: 'connection', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: BY_CONNECTION,
        KeySchema: [{ AttributeName: 'connection', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  } as const satisfies CreateTableCommandInput;
}

export interface DynamoDBConnectionsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
}

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Connections in a DynamoDB table. What is written costs one unit for the table and one for the index.
 *
 * That a connection is over is heard of most of the time, and not always: what is left lives for two hours at the most, as the
 * connection would have, and is not found after that, whenever DynamoDB gets to removing it.
 */
export class DynamoDBConnections implements Connections {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;

  constructor({ client, tableName, clock }: DynamoDBConnectionsOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  /** One PutItem of two write units. */
  async add({ customerId, connectionId, openedAt }: Connection): Promise<void> {
    const item = {
      ...keyOf(customerId, connectionId),
      openedAt: { N: String(openedAt) },
      expiresAt: { N: String(Math.ceil((openedAt + LONGEST_MS) / 1_000)) },
    };
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item: item }));
  }

  /**
   * One Query of half a read unit, and one DeleteItem of two write units where there is something. The index is a moment behind the
   * table: a connection that was over at once is left to its 410.
   */
  async removeById(connectionId: string): Promise<void> {
    const found = this.#query({
      IndexName: BY_CONNECTION,
      KeyConditionExpression: '#connection = :connection',
      ExpressionAttributeNames: { '#connection': 'connection' },
      ExpressionAttributeValues: { ':connection': { S: connectionId } },
    });
    for await (const { customer } of found) await this.remove({ customerId: customer?.S ?? '', connectionId });
  }

  /** One DeleteItem of two write units. */
  async remove({ customerId, connectionId }: Pick<Connection, 'customerId' | 'connectionId'>): Promise<void> {
    await this.#client.send(
      new DeleteItemCommand({ TableName: this.#tableName, Key: keyOf(customerId, connectionId) }),
    );
  }

  /**
   * One Query of one read unit, up to some forty connections. It is consistent: whoever is connected and then places an order hears of
   * it.
   */
  async of(customerId: string): Promise<readonly Connection[]> {
    const found = this.#query({
      ConsistentRead: true,
      KeyConditionExpression: '#customer = :customer',
      FilterExpression: '#expiresAt > :now',
      ExpressionAttributeNames: { '#customer': 'customer', '#expiresAt': CONNECTIONS_TIME_TO_LIVE },
      ExpressionAttributeValues: {
        ':customer': { S: customerId },
        ':now': { N: String(Math.floor(this.#clock.now() / 1_000)) },
      },
    });
    const connections: Connection[] = [];
    for await (const { connection, openedAt } of found)
      connections.push({ customerId, connectionId: connection?.S ?? '', openedAt: Number(openedAt?.N) });
    return connections;
  }

  async *#query(request: Omit<Parameters<typeof paginateQuery>[1], 'TableName'>): AsyncIterable<Item> {
    const pages = paginateQuery({ client: this.#client }, { ...request, TableName: this.#tableName });
    for await (const { Items = [] } of pages) yield* Items;
  }
}

function keyOf(customerId: string, connectionId: string) {
  return { customer: { S: customerId }, connection: { S: connectionId } };
}
