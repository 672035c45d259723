import type { ScheduleRequest } from './schedule.js';

export const START = Date.UTC(2026, 0, 1);

/** `at(…)` so many seconds after {@link START}. */
export function atSecond(second: number): string {
  return `at(${new Date(START + second * 1000).toISOString().slice(0, 19)})`;
}

/** A request as the AWS SDK sends it. */
export const onTheBus = {
  Name: 'charge-42',
  ScheduleExpression: atSecond(60),
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
    RoleArn: 'arn:aws:iam::000000000000:role/timers',
    EventBridgeParameters: { DetailType: 'SagaTimer', Source: 'shop.payment' },
    Input: '{"key":"42"}',
  },
} as const;

/** The same as the scheduler takes it. */
export const request: ScheduleRequest = {
  ...onTheBus,
  GroupName: 'default',
  ScheduleExpressionTimezone: 'UTC',
  State: 'ENABLED',
};
