import { readFileSync } from 'node:fs';
import { EverfoldError, InvalidArgumentError } from '@everfold/core';
import * as z from 'zod';

/** What AWS asks money for, by the names that `prices.json` has: what it is, and whose bill it is on. */
export const PRICED = {
  writeUnit: { service: 'DynamoDB', what: 'write units' },
  readUnit: { service: 'DynamoDB', what: 'read units' },
  tableGbMonth: { service: 'DynamoDB', what: 'GB-months of tables and index' },
  recoveryGbMonth: { service: 'DynamoDB', what: 'GB-months of point-in-time recovery' },
  lambdaCall: { service: 'Lambda', what: 'calls' },
  lambdaGbSecond: { service: 'Lambda', what: 'GB-seconds on ARM64' },
  busEntry: { service: 'EventBridge', what: 'events on the bus' },
  schedulerCall: { service: 'EventBridge', what: 'schedules that came' },
  archiveGb: { service: 'EventBridge', what: 'GB into the archive' },
  archiveGbMonth: { service: 'EventBridge', what: 'GB-months of the archive' },
  sqsRequest: { service: 'SQS', what: 'requests' },
  httpRequest: { service: 'API Gateway', what: 'HTTP requests' },
  socketMessage: { service: 'API Gateway', what: 'WebSocket messages' },
  socketMinute: { service: 'API Gateway', what: 'minutes of WebSocket connections' },
  logGb: { service: 'CloudWatch', what: 'GB of logs taken in' },
  logGbMonth: { service: 'CloudWatch', what: 'GB-months of logs' },
  alarmMetric: { service: 'CloudWatch', what: 'metrics that alarms look at' },
  dashboard: { service: 'CloudWatch', what: 'dashboards' },
  customMetric: { service: 'CloudWatch', what: 'custom metrics' },
} as const;

export type PriceName = keyof typeof PRICED;
export type Service = (typeof PRICED)[PriceName]['service'];

const PRICE_NAMES = Object.keys(PRICED) as PriceName[];

const price = z.strictObject({
  /** US dollars for so many. */
  usd: z.number().nonnegative(),
  per: z.number().positive(),
  source: z.string().min(1),
  /** When the source said so. */
  date: z.iso.date(),
});
const pricesByRegion = z.record(z.string(), z.partialRecord(z.enum(PRICE_NAMES), price));

export type Price = z.infer<typeof price>;

/** List prices of a Region. Those that nobody could be found to vouch for are not there. */
export interface Prices {
  readonly region: string;
  readonly of: Readonly<Partial<Record<PriceName, Price>>>;
}

/** Prices that are needed are not known. */
export class MissingPriceError extends EverfoldError<'MISSING_PRICE'> {
  readonly region: string;
  readonly prices: readonly PriceName[];

  constructor(region: string, names: readonly PriceName[]) {
    const missing = names.map((name) => `"${name}" (${PRICED[name].service}: ${PRICED[name].what})`);
    const example = { usd: 1.5, per: 1_000_000, source: 'where it stands', date: '2026-01-31' };
    const file = { [region]: Object.fromEntries(names.map((name) => [name, example])) };
    super(
      'MISSING_PRICE',
      `There is no price in ${region} for ${missing.join(', ')}. Look it up, and give it by --prices FILE, such as ${JSON.stringify(file)}`,
    );
    this.region = region;
    this.prices = names;
  }
}

const COMMITTED = new URL('../../prices.json', import.meta.url);

/**
 * The list prices of a Region.
 *
 * @param file - Further prices, in the form of `prices.json`: they stand before those.
 * @throws InvalidArgumentError when the file cannot be read or is no such file, or nothing is known of the Region.
 */
export function readPrices(region: string, file?: string): Prices {
  const committed = parse(COMMITTED, 'prices.json');
  const given = file === undefined ? {} : parse(file, file);
  const of = { ...committed[region], ...given[region] };
  if (Object.keys(of).length > 0) return { region, of };
  const known = [...new Set([...Object.keys(committed), ...Object.keys(given)])];
  throw new InvalidArgumentError(
    `There are no prices of region "${region}", only of ${known.join(', ')}. Give them by --prices FILE, in the form of prices.json.`,
  );
}

function parse(file: string | URL, name: string) {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`The prices in "${name}" cannot be read: ${reason}`);
  }
  const result = pricesByRegion.safeParse(content);
  if (result.success) return result.data;
  throw new InvalidArgumentError(`"${name}" is not in the form of prices.json. ${z.prettifyError(result.error)}`);
}
