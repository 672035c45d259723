import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { Operation, type OperationReport } from './connection.js';
import { isWorthRepeating } from './failures.js';

const client = new DynamoDBClient({ region: 'local' });

/** A clock that only waits move, and chance that always takes the longest wait. */
function virtualTime() {
  let time = 1_000;
  const slept: number[] = [];
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      time += milliseconds;
    },
  };
  return { clock, slept };
}

function operationWithin(budgetMs: number) {
  const { clock, slept } = virtualTime();
  const reports: OperationReport[] = [];
  const onOperation = (report: OperationReport) => reports.push(report);
  const options = { client, clock, random: () => 1, budgetMs, onOperation };
  return { operation: new Operation(options, 'append', 'order-1'), slept, reports };
}

const throttledAfter = (attempts: number) =>
  new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: { attempts } });

/** Fails with each error in turn, then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return { $metadata: { attempts: 1 }, ConsumedCapacity: { CapacityUnits: 2 } };
  };
}

describe('an operation', () => {
  test('sends again while that can help, waiting longer each time', async () => {
    const { operation, slept } = operationWithin(5_000);

    await operation.send('write', failing(...Array.from({ length: 8 }, () => throttledAfter(3))), isWorthRepeating);

    expect(slept).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  test('gives up when the next attempt would begin after its time, with the last error', async () => {
    const { operation, slept } = operationWithin(200);
    const last = throttledAfter(3);

    await expect(
      operation.send(
        'write',
        failing(throttledAfter(3), throttledAfter(3), throttledAfter(3), last, throttledAfter(3)),
        isWorthRepeating,
      ),
    ).rejects.toBe(last);

    expect(slept).toEqual([25, 50, 100]);
  });

  test('shares its time among all of its requests', async () => {
    const { operation, slept } = operationWithin(100);

    await operation.send('read', failing(throttledAfter(3), throttledAfter(3)), isWorthRepeating);
    await expect(
      operation.send('write', failing(throttledAfter(3), throttledAfter(3)), isWorthRepeating),
    ).rejects.toThrow('slow down');

    expect(slept).toEqual([25, 50]);
  });

  test('does not send again what would fail again', async () => {
    const { operation, slept } = operationWithin(5_000);
    const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: { attempts: 1 } });

    await expect(operation.send('write', failing(refused), isWorthRepeating)).rejects.toBe(refused);

    expect(slept).toEqual([]);
  });

  test('asks of each error whether sending again can help', async () => {
    const { operation } = operationWithin(5_000);
    const [first, second] = [new Error('held'), new Error('broken')];

    const sent = operation.send('write', failing(first, second), (error) => error === first);

    await expect(sent).rejects.toBe(second);
  });

  test('reports requests, retries, units, bytes and time', async () => {
    const { operation, reports } = operationWithin(5_000);

    await operation.send('read', failing(), isWorthRepeating);
    await operation
      .send(
        'write',
        failing(throttledAfter(3), new Error('socket hang up', { cause: 'none' })).bind(null),
        isWorthRepeating,
      )
      .catch(() => undefined);
    operation.count(() => 300);
    operation.done();

    expect(reports).toEqual([
      {
        operation: 'append',
        stream: 'order-1',
        // One to read, three of the SDK's that were throttled, and one more.
        requests: 5,
        retries: 3,
        readUnits: 2,
        writeUnits: 0,
        bytes: 300,
        durationMs: 25,
        error: undefined,
      },
    ]);
  });

  test('asks for consumption and counts bytes only where somebody listens', () => {
    const { clock } = virtualTime();
    const unheard = new Operation(
      { client, clock, random: () => 1, budgetMs: 0, onOperation: undefined },
      'load',
      'a-1',
    );
    const { operation } = operationWithin(0);

    unheard.count(() => expect.unreachable());
    unheard.done();

    expect(unheard.ask).toEqual({});
    expect(operation.ask).toEqual({ ReturnConsumedCapacity: 'TOTAL' });
  });
});
