import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ReadRange } from '@everfold/core';
import { endVersionOf, type Item } from './commit-item.js';
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

/** Items, page by page. */
export type PagesOfItems = AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>;

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

  /** The pages of a range in version order. The item in which it begins comes first, and those of the commit in which it ends come last. */
  async *forward(range: ReadRange): AsyncIterable<readonly Item[]> {
    yield* this.withTail(this.#withLead(range), range.upTo);
  }

  /** The pages of a range from its end. Those of the commit in which it ends come first, and the item in which it begins comes last. */
  async *backward({ after = 0, upTo, limit }: ReadRange): AsyncIterable<readonly Item[]> {
    let earliest: Item | undefined;
    const behindTail = async (items: readonly Item[]) =>
      earliest === undefined ? [...(await this.#tail(items[0], upTo)).reverse(), ...items] : items;
    for await (const items of this.of({ from: after + 1, upTo, backward: true }, limit)) {
      yield await behindTail(items);
      earliest = items.at(-1) ?? earliest;
    }
    const lead = after > 0 && !beginsAfter(after, earliest) ? await this.#holding(after) : undefined;
    if (lead !== undefined) yield await behindTail([lead]);
  }

  /** Items in version order, and those after them that belong to the same commit, where a version cuts it off. */
  async *withTail(pages: PagesOfItems, upTo: number | undefined): AsyncIterable<readonly Item[]> {
    let last: Item | undefined;
    for await (const items of pages) {
      yield items;
      last = items.at(-1) ?? last;
    }
    yield await this.#tail(last, upTo);
  }

  /** The last item of the stream. */
  last(): Promise<Item | undefined> {
    return this.#first({ from: 1, backward: true });
  }

  async *#withLead({ after = 0, upTo, limit }: ReadRange): AsyncIterable<readonly Item[]> {
    let isLeading = after > 0;
    for await (const items of this.of({ from: after + 1, upTo }, limit)) {
      const lead = isLeading && !beginsAfter(after, items[0]) ? await this.#holding(after) : undefined;
      yield lead === undefined ? items : [lead, ...items];
      isLeading = false;
    }
  }

  /** What comes after an item of the same commit, as far as it is there. */
  async #tail(item: Item | undefined, upTo: number | undefined): Promise<Item[]> {
    const [last, end] = item === undefined ? [0, 0] : [Number(item.last?.N), endVersionOf(item)];
    const tail: Item[] = [];
    // Without a bound, what is there was read.
    if (upTo === undefined || last === end) return tail;
    for await (const items of this.of({ from: last + 1, upTo: end })) tail.push(...items);
    return tail;
  }

  /** The item that holds a version and the next one, if there is such an item. */
  async #holding(version: number): Promise<Item | undefined> {
    const item = await this.#first({ from: 1, upTo: version, backward: true });
    return item !== undefined && Number(item.last?.N) > version ? item : undefined;
  }

  async #first(range: QueryRange): Promise<Item | undefined> {
    for await (const [item] of this.of(range, 1)) return item;
    return undefined;
  }
}

function beginsAfter(version: number, item: Item | undefined): boolean {
  return Number(item?.version?.N) === version + 1;
}
