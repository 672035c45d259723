import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  type Commit,
  ConflictError,
  type PreparedStreamPart,
  type PreparedTransaction,
  type PreparePart,
  prepareStreamPart,
  type Snapshot,
  type StreamPart,
} from '@everfold/core';
import { fromItem, type Item } from './commit-item.js';
import { toPut, unlessVersionExists } from './requests.js';
import { toItems } from './split.js';
import type { StoreContext } from './store-context.js';

/** One item of a write, with what is to be known of it when DynamoDB refuses it. */
export interface Write {
  readonly item: TransactWriteItem;
  /** The commit that it records, or records a part of. */
  readonly commit?: Commit;
  /**
   * What it means that DynamoDB refused it.
   *
   * @param found - The item that stands in its place.
   * @param cause - What the SDK threw.
   */
  readonly refusal: (found: Item | undefined, cause: Error) => Error;
}

/** The kinds of parts that a store takes in a transaction: how they are prepared, and what they write. */
export interface PartKinds<TPart, TPrepared> {
  readonly prepare: PreparePart<TPart, TPrepared>;
  readonly toWrites: (
    part: TPrepared,
    context: StoreContext,
    transaction: Pick<PreparedTransaction<TPrepared>, 'id' | 'now'>,
  ) => readonly Write[];
}

/** Appends and checks. */
export const streamParts: PartKinds<StreamPart, PreparedStreamPart> = {
  prepare: prepareStreamPart,
  toWrites: (part, context) =>
    part.kind === 'append' ? toAppend(context, part.commit, part.append.snapshot) : [toCheck(context, part.position)],
};

/** Writes a commit, in as many items as it takes. @throws CommitTooLargeError */
export function toAppend({ tableName, encoding }: StoreContext, commit: Commit, snapshot: Snapshot | undefined) {
  const refusal = conflictAfter(commit.stream, commit.version - 1);
  return toItems(commit, snapshot, encoding).map(
    (item): Write => ({ item: { Put: toPut(tableName, item) }, commit, refusal }),
  );
}

/** Checks that nothing comes after a position. */
function toCheck({ tableName }: StoreContext, { stream, version }: { stream: string; version: number }): Write {
  const Key = { stream: { S: stream }, version: { N: String(version + 1) } };
  return {
    item: { ConditionCheck: { TableName: tableName, Key, ...unlessVersionExists } },
    refusal: conflictAfter(stream, version),
  };
}

function conflictAfter(stream: string, version: number): Write['refusal'] {
  return (found, cause) => new ConflictError(stream, version, { cause, winner: found && readable(found) });
}

/** The commit of an item, if it holds a whole one: an error about a conflict must not become one about the item. */
function readable(item: Item): Commit | undefined {
  try {
    return item.end === undefined ? fromItem(item) : undefined;
  } catch {
    return undefined;
  }
}
