import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TIMER_DETAIL_TYPE, type Timer } from '../timers/timers.js';

/** Where timers come back. */
export interface TimerBus {
  readonly client: EventBridgeClient;
  readonly busName: string;
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
export async function putTimers(timers: readonly Timer[], bus: TimerBus): Promise<readonly RefusedTimer[]> {
  const refused: RefusedTimer[] = [];
  for (let from = 0; from < timers.length; from += MOST_ENTRIES) {
    refused.push(...(await putSome(timers.slice(from, from + MOST_ENTRIES), bus)));
  }
  return refused;
}

async function putSome(timers: readonly Timer[], { client, busName, source }: TimerBus): Promise<RefusedTimer[]> {
  const Entries = timers.map((timer) => ({
    EventBusName: busName,
    Source: source,
    DetailType: TIMER_DETAIL_TYPE,
    Detail: JSON.stringify(timer),
  }));
  try {
    const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
    return timers.flatMap((timer, index) => {
      const { EventId, ErrorCode, ErrorMessage = 'the bus did not say what became of it' } = answers[index] ?? {};
      const isTaken = EventId !== undefined && ErrorCode === undefined;
      return isTaken ? [] : [{ timer, reason: `${ErrorCode ?? 'NoAnswer'}: ${ErrorMessage}` }];
    });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return timers.map((timer) => ({ timer, reason }));
  }
}
