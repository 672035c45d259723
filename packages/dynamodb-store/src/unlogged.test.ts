import { DynamoDBClient, type DynamoDBClientConfig, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { unlogged } from './unlogged.js';

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

const quiet = { trace() {}, debug() {}, warn() {}, error() {} };

/** Whether the SDK has a logger to prepare entries for when it sends a command. */
async function hasLogger(logger?: Logger): Promise<boolean> {
  const client = new DynamoDBClient({ region: 'local', ...(logger ? { logger } : {}) });
  const command = unlogged(client, new ListTablesCommand({}));
  let seen: unknown;
  command.middlewareStack.add(
    (_next, context) => async () => {
      seen = context.logger;
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'serialize', priority: 'high' },
  );
  await client.send(command);
  return seen !== undefined;
}

test('spares the SDK the entries of its default logger', async () => {
  expect(await hasLogger()).toBe(false);
});

test('leaves a logger alone that does something', async () => {
  expect(await hasLogger({ ...quiet, info: () => expect(quiet).toBeDefined() })).toBe(true);
});
