import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { putEntries } from '@everfold/eventbridge';
import { TIMER_DETAIL_TYPE, type Timer } from '../timers/timers.js';

/** Where the saga's events are published, and its timers come back. */
export interface SweeperBus {
  readonly client: EventBridgeClient;
  /** Name or ARN of the bus. */
  readonly busName: string;
  /** Who publishes, such as `shop.orders`: the source in the patterns of the saga's rules. */
  readonly source: string;
}

/** A timer that the bus did not take. */
export interface RefusedTimer {
  readonly timer: Timer;
  readonly reason: string;
}

/** Source: EventBridge API Reference, "PutEvents": 1 to 10 entries. */
const MOST_ENTRIES = 10;

/**
 * Puts timers on the bus as if they came back now. Costs one PutEvents for ten.
 *
 * @returns Those that the bus did not take.
 */
export async function putTimers(timers: readonly Timer[], bus: SweeperBus): Promise<readonly RefusedTimer[]> {
  const refused: RefusedTimer[] = [];
  for (let from = 0; from < timers.length; from += MOST_ENTRIES) {
    refused.push(...(await putSome(timers.slice(from, from + MOST_ENTRIES), bus)));
  }
  return refused;
}

async function putSome(timers: readonly Timer[], { client, busName, source }: SweeperBus): Promise<RefusedTimer[]> {
  const answers = await putEntries(
    timers.map((timer) => ({
      EventBusName: busName,
      Source: source,
      DetailType: TIMER_DETAIL_TYPE,
      Detail: JSON.stringify(timer),
    })),
    client,
  );
  return timers.flatMap((timer, index) => {
    const refusal = answers[index];
    return refusal === undefined ? [] : [{ timer, reason: refusal.reason }];
  });
}
