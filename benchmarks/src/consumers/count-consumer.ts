import { createBusClient } from '../client.js';
import { type Counted, createMeter } from '../meter.js';
import { type ConsumerName, type ConsumerRow, consumerTables, type Setting } from './row.js';

/** What a batch asks of DynamoDB and of the bus, and costs: counted in a round of its own, on clients with meters. */
export async function countConsumer(
  row: ConsumerRow,
  { busUrl, prefix }: Setting,
  dynamodb: string,
): Promise<ReadonlyMap<ConsumerName, Counted>> {
  const meter = createMeter(dynamodb, consumerTables({ prefix }));
  const bus = createBusClient(busUrl);
  let busRequests = 0;
  bus.middlewareStack.add(
    (next) => (args) => {
      busRequests++;
      return next(args);
    },
    { step: 'deserialize', name: 'count', priority: 'high' },
  );
  const counted = new Map<ConsumerName, Counted>();
  for (const { name, prepare } of row.consumers({ client: meter.client, bus, busUrl, prefix })) {
    const { run, check } = await prepare();
    meter.take();
    busRequests = 0;
    await run();
    const taken = meter.take();
    counted.set(name, { ...taken, requests: taken.requests + busRequests });
    await check?.();
  }
  meter.client.destroy();
  bus.destroy();
  return counted;
}
