import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './commit-item.js';
import type { Operation } from './connection.js';
import { isWorthRepeating, throwTranslated } from './failures.js';
import { itemBytes } from './item-bytes.js';
import { type QueryRange, toQuery } from './requests.js';
import { unlogged } from './unlogged.js';

/** What a stream's items are read with. */
export interface ItemPagesOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly stream: string;
  /** The operation that the requests belong to. */
  readonly operation: Operation;
  /** The attributes wanted of each item. Default: all. */
  readonly attributes?: readonly string[];
}

/** Reads the items of one stream. */
export class ItemPages {
  readonly #options: ItemPagesOptions;

  constructor(options: ItemPagesOptions) {
    this.#options = options;
  }

  /**
   * Page by page, at least one. Not `paginateQuery`: it refuses a client of another copy of the SDK, such as the
   * service's own.
   *
   * @param firstLimit - Items of the first page, at most: what is most likely wanted.
   */
  async *of(range: QueryRange, firstLimit = Number.POSITIVE_INFINITY): AsyncIterable<readonly Item[]> {
    const { client, tableName, stream, operation, attributes } = this.#options;
    const query = { ...toQuery(tableName, stream, range, attributes), ...operation.ask };
    let limit = Number.isFinite(firstLimit) ? { Limit: firstLimit } : {};
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command = unlogged(client, new QueryCommand({ ...query, ...limit, ExclusiveStartKey: from }));
      const page = await operation.send('read', () => client.send(command), isWorthRepeating).catch(throwTranslated);
      const { Items: items = [] } = page;
      operation.count(() => items.reduce((sum, item) => sum + itemBytes(item), 0));
      yield items;
      limit = {};
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** The pages of a range in version order; when it begins within an item, that item comes first. */
  async *withLead(after: number, upTo: number | undefined, firstLimit: number): AsyncIterable<readonly Item[]> {
    let isFirst = true;
    for await (const items of this.of({ from: after + 1, upTo }, firstLimit)) {
      const isWithin = isFirst && Number(items[0]?.version?.N) !== after + 1;
      const lead = isWithin ? await this.holding(after) : undefined;
      yield lead === undefined ? items : [lead, ...items];
      isFirst = false;
    }
  }

  /** The last item of the stream. */
  last(): Promise<Item | undefined> {
    return this.#first({ from: 1, backward: true });
  }

  /** The item that holds a version and the next one, if there is such an item. */
  async holding(version: number): Promise<Item | undefined> {
    if (version === 0) return undefined;
    const item = await this.#first({ from: 1, upTo: version, backward: true });
    return item !== undefined && Number(item.last?.N) > version ? item : undefined;
  }

  async #first(range: QueryRange): Promise<Item | undefined> {
    for await (const [item] of this.of(range, 1)) return item;
    return undefined;
  }
}
