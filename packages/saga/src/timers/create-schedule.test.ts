import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleName, toCreateSchedule } from './create-schedule.js';

const timer = { saga: 'fulfilment', step: 'charge', key: '01JB0ABCDEFGHJKMNPQRSTVWXY', at: '2026-01-02T03:04:05Z' };
const address = {
  busArn: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
  source: 'shop.payment',
  roleArn: 'arn:aws:iam::123456789012:role/timers',
  groupName: undefined,
  deadLetterArn: undefined,
};

function request(at: string, earliest = 0) {
  return toCreateSchedule({ ...timer, at }, address, earliest);
}

describe('the schedule of a timer', () => {
  it('puts the timer on the bus at its time, and is gone then', () => {
    expect(request(timer.at)).toEqual({
      dueAt: Date.parse(timer.at),
      input: {
        Name: expect.stringMatching(/^fulfilment-charge-01JB0ABCDEFGH-[0-9a-f]{32}$/),
        ScheduleExpression: 'at(2026-01-02T03:04:05)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: address.busArn,
          RoleArn: address.roleArn,
          EventBridgeParameters: { DetailType: 'SagaTimer', Source: 'shop.payment' },
          Input: JSON.stringify(timer),
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      },
    });
  });

  it('belongs to a group, and has dead letters, where there are some', () => {
    const deadLetterArn = 'arn:aws:sqs:eu-central-1:123456789012:timers';
    const { input } = toCreateSchedule(timer, { ...address, groupName: 'shop', deadLetterArn }, 0);

    expect(input).toMatchObject({ GroupName: 'shop', Target: { DeadLetterConfig: { Arn: deadLetterArn } } });
  });

  it.each([
    ['2026-01-02T03:04:05.001Z', 'at(2026-01-02T03:04:06)'],
    ['2026-01-02T03:04:59.999Z', 'at(2026-01-02T03:05:00)'],
    ['2026-01-02T03:04:05+02:00', 'at(2026-01-02T01:04:05)'],
  ])('for %s is never before it: %s', (at, expression) => {
    expect(request(at).input.ScheduleExpression).toBe(expression);
  });

  it('is set for the earliest time that is allowed when it is due before, and keeps its name', () => {
    const earliest = Date.parse('2026-01-02T03:10:00.500Z');

    const { input, dueAt } = request(timer.at, earliest);

    expect(input.ScheduleExpression).toBe('at(2026-01-02T03:10:01)');
    expect(dueAt).toBe(Date.parse('2026-01-02T03:10:01Z'));
    expect(input.Name).toBe(request(timer.at).input.Name);
    expect(JSON.parse(input.Target?.Input ?? '')).toEqual(timer);
  });

  it('is refused when the timer is larger than Scheduler takes, counted in bytes', () => {
    const fits = 'é'.repeat((262_144 - JSON.stringify({ ...timer, key: '' }).length) / 2);

    expect(toCreateSchedule({ ...timer, key: fits }, address, 0).input.Name).toBeDefined();
    expect(() => toCreateSchedule({ ...timer, key: `${fits}éé` }, address, 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_TIMER', field: 'key', message: expect.stringContaining('262144') }),
    );
  });
});

describe('the name of a schedule', () => {
  it('is one that Scheduler takes, whatever a timer holds', () => {
    const text = fc.oneof(fc.string({ minLength: 1, maxLength: 80 }), fc.constantFrom('größe', '🦊', '\ud83e', '\n'));
    fc.assert(
      fc.property(text, text, text, (saga, step, key) => {
        expect(scheduleName({ ...timer, saga, step, key }, address)).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
      }),
    );
  });

  it('is the same for the same timer, however its time is spelled', () => {
    const spelled = { ...timer, at: '2026-01-02T04:04:05.000+01:00' };

    expect(scheduleName(spelled, address)).toBe(scheduleName(timer, address));
  });

  it.each([
    ['saga', { saga: 'fulfilment-charge', step: '01JB0ABCDEFGHJKMNPQRSTVWXY' }],
    ['step', { step: 'charge_' }],
    ['key', { key: `${timer.key}Z` }],
    ['key, but for characters that a name cannot have', { key: `${timer.key}/` }],
    ['time, be it by a millisecond', { at: '2026-01-02T03:04:05.001Z' }],
  ])('is another for another %s', (_, difference) => {
    expect(scheduleName({ ...timer, ...difference }, address)).not.toBe(scheduleName(timer, address));
  });

  it('does not run the parts of a timer together', () => {
    const one = { ...timer, saga: 'a', step: 'b-c', key: 'd' };
    const other = { ...timer, saga: 'a-b', step: 'c', key: 'd' };

    expect(scheduleName(one, address)).not.toBe(scheduleName(other, address));
  });

  it('is another on another bus, and for another service', () => {
    const names = [
      scheduleName(timer, address),
      scheduleName(timer, { ...address, busArn: `${address.busArn}-dev` }),
      scheduleName(timer, { ...address, source: 'shop.stock' }),
    ];

    expect(new Set(names).size).toBe(3);
  });
});
