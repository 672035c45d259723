import {
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  type CreateTableCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type PutItemCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { createClient } from './client.js';
import { missingReadUnits, writeUnits } from './units.js';

/** What was asked of DynamoDB, and what it costs. */
export interface Consumption {
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** What was asked of DynamoDB, with the items that were written: each for itself, or in a transaction. */
export interface Counted extends Consumption {
  readonly writes: number;
}

export interface Meter {
  readonly client: DynamoDBClient;
  /** What was consumed since it was last asked. */
  take(): Counted;
}

const nothing: Counted = { requests: 0, readUnits: 0, writeUnits: 0, writes: 0 };

const reads: ReadonlySet<string> = new Set(['QueryCommand', 'GetItemCommand', 'BatchGetItemCommand']);

/**
 * A client that counts: every attempt of every request, and the units that DynamoDB reports. Three things
 * DynamoDB Local does not report as AWS charges them, so they are computed: transactions, writes whose condition failed,
 * and reads in a batch that found nothing.
 *
 * A measured client has no meter: counting has rounds of its own.
 */
export function createMeter(endpoint: string, tables: readonly CreateTableCommandInput[]): Meter {
  const client = createClient(endpoint);
  const sizing = createClient(endpoint);
  const tableOf = (name = '') => tables.find(({ TableName }) => TableName === name) ?? { TableName: name };
  let consumed = nothing;
  const add = (more: Partial<Counted>) => {
    consumed = {
      requests: consumed.requests + (more.requests ?? 0),
      readUnits: consumed.readUnits + (more.readUnits ?? 0),
      writeUnits: consumed.writeUnits + (more.writeUnits ?? 0),
      writes: consumed.writes + (more.writes ?? 0),
    };
  };

  /** A transaction is charged by its items, whether it is cancelled or not. An update is as large as the item it changes. */
  async function addTransaction({ TransactItems = [] }: TransactWriteItemsCommandInput): Promise<void> {
    for (const { Put, Update } of TransactItems) {
      const changed =
        Update && (await sizing.send(new GetItemCommand({ TableName: Update.TableName, Key: Update.Key })));
      const item = Put?.Item ?? changed?.Item ?? {};
      add({ writes: 1, writeUnits: writeUnits(item, tableOf(Put?.TableName ?? Update?.TableName), true) });
    }
  }

  function addRefusedPut({ TableName, Item = {} }: PutItemCommandInput): void {
    // Nothing was written, so no index was.
    add({ writeUnits: writeUnits(Item, { TableName }, false) });
  }

  function addMissing(input: object, output: object): void {
    add({ readUnits: missingReadUnits(input as BatchGetItemCommandInput, output as BatchGetItemCommandOutput) });
  }

  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ReturnConsumedCapacity: 'TOTAL', ...args.input } }),
    {
      step: 'initialize',
      name: 'askForConsumedCapacity',
    },
  );
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        add({ requests: 1 });
        if (commandName === 'TransactWriteItemsCommand') {
          await addTransaction(args.input as TransactWriteItemsCommandInput);
          return next(args);
        }
        try {
          const result = await next(args);
          if (commandName === 'BatchGetItemCommand') addMissing(args.input, result.output ?? {});
          const { ConsumedCapacity = [] } = result.output as {
            // A list where a request may be about several tables.
            ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
          };
          const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
          add(reads.has(String(commandName)) ? { readUnits: units } : { writeUnits: units, writes: 1 });
          return result;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) addRefusedPut(args.input as PutItemCommandInput);
          throw error;
        }
      },
    { step: 'deserialize', name: 'count', priority: 'high' },
  );

  return {
    client,
    take() {
      const taken = consumed;
      consumed = nothing;
      return taken;
    },
  };
}
