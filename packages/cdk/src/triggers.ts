import { InvalidArgumentError, type Rate, rateMs, type Trigger } from '@everfold/core';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { QueuedRule, type QueueTuning } from './events/queued-rule.js';
import type { Bus } from './events/service-bus.js';
import { StreamConsumer, type StreamTuning } from './events/stream-consumer.js';
import type { ServiceFunction } from './functions/service-function.js';
import type { HttpRoutes } from './http/http-routes.js';
import type { WebSocketRoutes } from './sockets/web-socket-routes.js';
import type { EventStoreTable } from './tables/event-store-table.js';

/** What calls functions. */
export interface Callers {
  readonly events: EventStoreTable;
  readonly bus?: Bus | undefined;
  readonly api?: HttpRoutes | undefined;
  readonly sockets?: WebSocketRoutes | undefined;
}

/** What stands between a function and what calls it. */
export interface Attached {
  /** What the function could not be made to take. A route has none: its caller is told. */
  readonly deadLetters?: Queue;
  /** Where its events wait, if a rule sends them. */
  readonly queue?: Queue;
}

/** The function that is called, and how. */
export interface Called extends StreamTuning, QueueTuning {
  readonly name: string;
  readonly function: ServiceFunction;
  readonly timeout: Duration;
}

/** How often a call that failed is made again, as the wiring says it. */
const BUS_RETRIES = 10;
const TIMER_RETRIES = 2;

/**
 * Has a function called by its trigger.
 *
 * @throws InvalidArgumentError when what is to call it is not there.
 */
export function attachTrigger(scope: Construct, called: Called, trigger: Trigger, callers: Callers): Attached {
  const { name, function: service } = called;
  switch (trigger.kind) {
    case 'http':
      callers.api?.add(trigger, name, service);
      return {};
    case 'socket':
      callers.sockets?.add(trigger, name, service);
      return {};
    case 'stream': {
      const { batchSize, windowSeconds, retries } = trigger;
      const { deadLetters } = new StreamConsumer(scope, 'Stream', {
        ...called,
        table: callers.events,
        ...(batchSize !== undefined && { batchSize }),
        ...(windowSeconds !== undefined && { windowSeconds }),
        ...(retries !== undefined && { retries }),
      });
      return { deadLetters };
    }
    case 'bus': {
      const rule = { busName: busOf(name, callers).busName, pattern: trigger.pattern };
      return new QueuedRule(scope, 'Rule', { ...called, rule, retries: trigger.retries ?? BUS_RETRIES });
    }
    case 'timer': {
      const rule = { schedule: expressionOf(trigger.every) };
      return new QueuedRule(scope, 'Rule', { ...called, rule, retries: trigger.retries ?? TIMER_RETRIES });
    }
  }
}

function busOf(name: string, { bus }: Callers): Bus {
  if (bus !== undefined) return bus;
  throw new InvalidArgumentError(
    `Function "${name}" is called by a rule, and there is no bus. Give it to the service.`,
  );
}

const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** A rate as EventBridge spells it. Source: EventBridge User Guide, "Rate expressions reference". */
function expressionOf(rate: Rate): string {
  const ms = rateMs(rate);
  const [unitMs, unit] = UNITS.find(([candidate]) => ms % candidate === 0) ?? [60_000, 'minute'];
  const amount = ms / unitMs;
  return `rate(${amount} ${unit}${amount === 1 ? '' : 's'})`;
}
