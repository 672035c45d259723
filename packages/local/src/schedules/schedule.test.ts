import { describe, expect, it } from 'vitest';
import { dueTime, parseScheduleRequest } from './schedule.js';
import { onTheBus, request } from './scheduler.test.fixture.js';

const { Target } = onTheBus;

describe('a request to create a schedule', () => {
  it('is taken with what it leaves out', () => {
    expect(parseScheduleRequest(onTheBus)).toEqual(request);
  });

  it('is taken with all that it may have', () => {
    const full = {
      ...request,
      GroupName: 'shop',
      Description: 'text',
      ClientToken: 'token',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        ...Target,
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
        DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:timers' },
      },
    };

    expect(parseScheduleRequest(full)).toEqual(full);
  });

  it.each([
    ['Name', { Name: 'a name' }],
    ['Name', { Name: 'x'.repeat(65) }],
    ['GroupName', { GroupName: '' }],
    ['ScheduleExpression', { ScheduleExpression: 'rate(1 minute)' }],
    ['ScheduleExpression', { ScheduleExpression: undefined }],
    ['ScheduleExpressionTimezone', { ScheduleExpressionTimezone: 'Europe/London' }],
    ['FlexibleTimeWindow', { FlexibleTimeWindow: undefined }],
    ['FlexibleTimeWindow.Mode', { FlexibleTimeWindow: { Mode: 'SOMETIMES' } }],
    [
      'FlexibleTimeWindow.MaximumWindowInMinutes',
      { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 1441 } },
    ],
    ['ActionAfterCompletion', { ActionAfterCompletion: 'KEEP' }],
    ['State', { State: 'ON' }],
    ['Target', { Target: undefined }],
    ['Target.Arn', { Target: { ...Target, Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' } }],
    ['Target.RoleArn', { Target: { ...Target, RoleArn: 'timers' } }],
    ['Target.EventBridgeParameters', { Target: { ...Target, EventBridgeParameters: undefined } }],
    [
      'Target.EventBridgeParameters.Source',
      { Target: { ...Target, EventBridgeParameters: { DetailType: 'T', Source: 'aws.events' } } },
    ],
    [
      'Target.EventBridgeParameters.DetailType',
      { Target: { ...Target, EventBridgeParameters: { DetailType: 'T'.repeat(129), Source: 's' } } },
    ],
    ['Target.Input', { Target: { ...Target, Input: '{' } }],
    ['Target.Input', { Target: { ...Target, Input: '[]' } }],
    ['Target.Input', { Target: { ...Target, Input: JSON.stringify({ text: 'x'.repeat(262_144) }) } }],
    [
      'Target.RetryPolicy.MaximumEventAgeInSeconds',
      { Target: { ...Target, RetryPolicy: { MaximumEventAgeInSeconds: 59 } } },
    ],
    ['Target.RetryPolicy.MaximumRetryAttempts', { Target: { ...Target, RetryPolicy: { MaximumRetryAttempts: 186 } } }],
  ])('is refused for its %s', (path, difference) => {
    expect(() => parseScheduleRequest({ ...onTheBus, ...difference })).toThrow(
      expect.objectContaining({
        code: 'SCHEDULER_REFUSED',
        type: 'ValidationException',
        message: expect.stringMatching(
          `^\\d validation errors? detected: Value at '${path}' failed to satisfy constraint: `,
        ),
      }),
    );
  });

  it('is told all that is wrong with it', () => {
    expect(() => parseScheduleRequest({ ...onTheBus, Name: '', State: 'ON' })).toThrow(
      /validation errors detected.*State/,
    );
  });
});

describe('the time of a schedule', () => {
  it('is in UTC, to the second', () => {
    expect(dueTime('at(2026-01-02T03:04:05)')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  });

  it.each(['at(2026-02-30T00:00:00)', 'at(2026-01-02T24:00:00)', 'at(2026-01-02T03:04:05Z)', 'at(2026-01-02)', 'now'])(
    'is not %s',
    (expression) => {
      expect(dueTime(expression)).toBeUndefined();
    },
  );
});
