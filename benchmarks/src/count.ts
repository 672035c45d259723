import { type Consumption, createMeter } from './meter.js';
import type { Row } from './rows.js';
import type { SystemDefinition } from './systems/system.js';

/** What one operation asks of DynamoDB and costs: counted in a round of its own, on a client with a meter. */
export async function count(
  row: Row,
  definition: SystemDefinition,
  { endpoint, prefix }: { endpoint: string; prefix: string },
): Promise<Consumption> {
  const { tables } = definition.create({ client: createMeter(endpoint, []).client, prefix });
  const meter = createMeter(endpoint, tables);
  const system = definition.create({ client: meter.client, prefix });
  const { operations = 1 } = row;
  const { run, check } = await row.prepare(system, operations);
  meter.take();
  await run();
  const { requests, readUnits, writeUnits } = meter.take();
  await check?.();
  meter.client.destroy();
  return {
    requests: requests / operations,
    readUnits: readUnits / operations,
    writeUnits: writeUnits / operations,
  };
}
