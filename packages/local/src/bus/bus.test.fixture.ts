import type { Clock } from '@everfold/core';
import type { DeadLetter, DeadLetters } from '../dead-letters.js';
import type { BusEvent } from './bus-event.js';
import type { BusRule } from './bus-rule.js';
import { EventBus, type EventBusOptions } from './event-bus.js';

export const placed = { Source: 'order', DetailType: 'OrderPlaced', Detail: '{"orderId":"1"}' };

/** Time that stands still while something happens, and else jumps to the next one who waits for it. */
export function eagerClock(start: number): Clock {
  let now = start;
  const sleepers: { due: number; wake: () => void }[] = [];
  const jump = () => {
    sleepers.sort((a, b) => a.due - b.due);
    const next = sleepers.shift();
    now = Math.max(now, next?.due ?? 0);
    next?.wake();
  };
  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ due: now + milliseconds, wake });
        setImmediate(jump);
      }),
  };
}

class Letters implements DeadLetters {
  readonly written: DeadLetter[] = [];

  write(letter: DeadLetter): Promise<void> {
    this.written.push(letter);
    return Promise.resolve();
  }
}

export function startBus(rules: readonly BusRule[], options: Partial<EventBusOptions> = {}) {
  const letters = new Letters();
  const logged: string[] = [];
  const bus = new EventBus({
    rules,
    deadLetters: letters,
    log: (message) => logged.push(message),
    clock: eagerClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
    random: () => 0.5,
    ...options,
  });
  return { bus, letters, logged };
}

/** A rule that remembers what it got. */
export function recorder(name: string, pattern: BusRule['pattern'] = { source: ['order'] }) {
  const events: BusEvent[] = [];
  const handler = async (event: BusEvent) => void events.push(event);
  return { events, rule: { name, pattern, handler } };
}

/** A rule whose function fails so many times before it succeeds. */
export function failing(times: number, retries?: number) {
  const requestIds: string[] = [];
  const rule: BusRule = {
    name: 'charge',
    pattern: { source: ['order'] },
    handler: (_, context) => {
      requestIds.push(context.awsRequestId);
      return requestIds.length <= times
        ? Promise.reject(new TypeError(`no card ${requestIds.length}`))
        : Promise.resolve();
    },
    ...(retries !== undefined && { retries }),
  };
  return { rule, requestIds };
}
