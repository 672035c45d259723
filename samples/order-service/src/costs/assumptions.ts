import { InvalidArgumentError } from '@everfold/core';
import { CUSTOM_METRICS } from './deployed.js';

/** What no test can measure here: each is an input, with a value to begin with. */
export const ASSUMED = {
  httpMs: { value: 60, what: 'billed ms of a call by HTTP' },
  busMs: { value: 60, what: 'billed ms of a call through a queue' },
  streamMs: { value: 60, what: 'billed ms of a batch of the stream' },
  timerMs: { value: 100, what: 'billed ms of a call on schedule' },
  readsPerOrder: { value: 2, what: 'times that a customer looks at an order' },
  logBytesPerCall: { value: 1_000, what: 'bytes of logs for a call' },
  shards: { value: 4, what: "shards of the event table's stream" },
  keptMonths: { value: 12, what: 'months for which orders are in the tables' },
  pollers: { value: 5, what: 'pollers that Lambda has on a queue in which there is nothing' },
  dashboards: { value: 1, what: 'dashboards' },
  customMetrics: { value: CUSTOM_METRICS, what: 'custom metrics' },
  connectionsPerOrder: { value: 0, what: 'WebSocket connections for an order' },
  socketMessagesPerOrder: { value: 0, what: 'WebSocket messages for an order' },
  socketMinutesPerOrder: { value: 0, what: 'minutes of WebSocket connections for an order' },
} as const;

export type Assumptions = Readonly<Record<keyof typeof ASSUMED, number>>;

const NAMES = Object.keys(ASSUMED) as (keyof Assumptions)[];

/**
 * The assumptions, with some of them changed.
 *
 * @param text - Such as `httpMs=40,readsPerOrder=5`.
 * @throws InvalidArgumentError when there is no such assumption, or the value is no number from 0.
 */
export function assume(text = ''): Assumptions {
  const given = parsePairs(text, NAMES, 'assumption');
  return { ...(Object.fromEntries(NAMES.map((name) => [name, ASSUMED[name].value])) as Assumptions), ...given };
}

/**
 * Names and numbers, such as `one=1,other=2`.
 *
 * @param kind - What they are, for errors.
 */
export function parsePairs<TName extends string>(
  text: string,
  names: readonly TName[],
  kind: string,
): Partial<Record<TName, number>> {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const pairs = parts.map((part): [TName, number] => {
    const [given = '', value = ''] = part.split('=').map((side) => side.trim());
    const name = names.find((candidate) => candidate === given);
    if (name === undefined)
      throw new InvalidArgumentError(`There is no ${kind} "${given}"; there are ${names.join(', ')}.`);
    const amount = Number(value);
    if (value === '' || !Number.isFinite(amount) || amount < 0)
      throw new InvalidArgumentError(`The ${kind} "${part.trim()}" has no number from 0. Write it as ${name}=1.5.`);
    return [name, amount];
  });
  return Object.fromEntries(pairs) as Partial<Record<TName, number>>;
}
