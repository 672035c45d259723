import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { handler as onDynamoDB } from './dynamodb.js';

const client = new SchedulerClient({});

/** The least that a function on DynamoDB which sets timers can be. */
export const handler = async ({ id, at, arn }: { readonly id: string; readonly at: string; readonly arn: string }) => {
  await onDynamoDB({ id });
  const target = { Arn: arn, RoleArn: arn };
  return client.send(
    new CreateScheduleCommand({
      Name: id,
      ScheduleExpression: at,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: target,
    }),
  );
};
