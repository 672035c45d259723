import { PutItemCommand, type PutItemCommandInput, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { type Append, type Commit, type PreparedPart, prepareTransaction, toCommit } from '@everfold/core';
import type { Operation } from './connection.js';
import { ItemPages } from './item-pages.js';
import { bytesOf, toTransaction } from './requests.js';
import { operate, type StoreContext } from './store-context.js';
import { unlogged } from './unlogged.js';
import { canWriteAgain, isHeldUp, isOwnWrite, translateWrite } from './write-failures.js';
import { type PartKinds, toAppend, type Write } from './writes.js';

/** Appends a commit, as `StreamStore.append` says. */
export async function append(context: StoreContext, decided: Append): Promise<Commit> {
  const commit = toCommit(decided, context);
  const writes = toAppend(context, commit, decided.snapshot);
  return operate(context, 'append', commit.stream, async (operation) => {
    const [{ item: { Put } = {} } = {}, second] = writes;
    const isOne = Put !== undefined && second === undefined;
    const send = isOne ? sendingPut(context, operation, Put) : sendingAll(context, operation, commit.id, writes);
    await write(context, operation, writes, send);
    return commit;
  });
}

/** Carries out a transaction of parts of some kinds, as `transact` of a store says. */
export async function transact<TPart extends object, TPrepared extends PreparedPart>(
  context: StoreContext,
  parts: readonly TPart[],
  { prepare, toWrites }: PartKinds<TPart, TPrepared>,
): Promise<readonly Commit[]> {
  const transaction = prepareTransaction(parts, context, prepare);
  const commits = transaction.parts.flatMap((part) => (part.kind === 'append' ? [part.commit] : []));
  return operate(context, 'transact', commits[0]?.stream, async (operation) => {
    const writes = transaction.parts.flatMap((part) => toWrites(part, context, transaction));
    await write(context, operation, writes, sendingAll(context, operation, transaction.id, writes));
    return commits;
  });
}

function sendingPut({ client }: StoreContext, { ask }: Operation, put: PutItemCommandInput) {
  const command = unlogged(client, new PutItemCommand({ ...put, ...ask }));
  return () => client.send(command);
}

function sendingAll({ client }: StoreContext, { ask }: Operation, id: string, writes: readonly Write[]) {
  const command = unlogged(client, new TransactWriteItemsCommand({ ...toTransaction(id, writes), ...ask }));
  return () => client.send(command);
}

async function write(
  context: StoreContext,
  operation: Operation,
  writes: readonly Write[],
  send: Parameters<Operation['send']>[1],
): Promise<void> {
  operation.count(() => bytesOf(writes));
  try {
    await operation.send('write', send, canWriteAgain);
  } catch (error) {
    if (isOwnWrite(error, writes)) return;
    const commit = writes[0]?.commit;
    // A transaction of somebody else holds the item, and an earlier attempt may have been carried out: only reading tells.
    const isOpen = isHeldUp(error) && operation.taken.requests > 1 && commit !== undefined;
    if (isOpen && (await isWritten(context, operation, commit))) return;
    throw translateWrite(error, writes);
  }
}

async function isWritten(context: StoreContext, operation: Operation, { stream, version, id }: Commit) {
  for await (const [item] of new ItemPages({ ...context, stream, operation }).of({ from: version, upTo: version }))
    return item?.commit?.S === id;
  return false;
}
