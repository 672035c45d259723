import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Requests sent and capacity units consumed, for each DynamoDB operation. */
export interface Consumption {
  readonly requests: Readonly<Record<string, number>>;
  readonly capacityUnits: Readonly<Record<string, number>>;
}

/** Reads a client's consumption. */
export interface CapacityMeter {
  /** What was consumed since the meter was put on, or since the last `reset`. */
  read(): Consumption;
  reset(): void;
}

interface MeteredOutput {
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
}

/**
 * Puts a meter on a client: every attempt of every request counts, and DynamoDB reports what it consumed
 * (`ReturnConsumedCapacity`, which is free). A request that fails reports no capacity, and DynamoDB Local reports the
 * same for every transaction.
 *
 * @param client - One that has no meter yet.
 *
 * @example
 * ```ts
 * const meter = meterCapacity(client);
 * await store.append({ after, events, metadata });
 * meter.read(); // { requests: { PutItem: 1 }, capacityUnits: { PutItem: 1 } }
 * ```
 */
export function meterCapacity(client: DynamoDBClient): CapacityMeter {
  let requests: Record<string, number> = {};
  let capacityUnits: Record<string, number> = {};

  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ReturnConsumedCapacity: 'TOTAL', ...args.input } }),
    { step: 'initialize', name: 'askForConsumedCapacity' },
  );
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const operation = String(commandName).replace(/Command$/, '');
        requests[operation] = (requests[operation] ?? 0) + 1;
        const result = await next(args);
        // Every operation that reports consumption has it at this place of its output.
        const { ConsumedCapacity: consumed = [] } = result.output as MeteredOutput;
        for (const { CapacityUnits = 0 } of [consumed].flat()) {
          capacityUnits[operation] = (capacityUnits[operation] ?? 0) + CapacityUnits;
        }
        return result;
      },
    { step: 'deserialize', name: 'readConsumedCapacity', priority: 'high' },
  );

  return {
    read: () => ({ requests: { ...requests }, capacityUnits: { ...capacityUnits } }),
    reset: () => {
      requests = {};
      capacityUnits = {};
    },
  };
}
