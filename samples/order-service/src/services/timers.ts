import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SchedulerTimers } from '@everfold/saga';
import { SOURCE } from '../events.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** Timers that come back on the bus. */
export const timers = surrounding('timers', () => {
  const { TIMERS_GROUP: groupName, TIMERS_DEAD_LETTERS_ARN: deadLetterArn, TIMERS_LEAD_SECONDS: lead } = process.env;
  return new SchedulerTimers({
    client: new SchedulerClient({}),
    busArn: variable('BUS_ARN'),
    roleArn: variable('TIMERS_ROLE_ARN'),
    source: SOURCE,
    leadSeconds: Number(lead ?? 10),
    ...(groupName !== undefined && { groupName }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  });
});
