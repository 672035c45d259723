import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import { SchedulerTimers, type SchedulerTimersOptions } from './scheduler-timers.js';

const NOW = Date.parse('2026-01-02T03:00:00Z');
const timer = { saga: 'fulfilment', step: 'charge', key: '42', at: '2026-01-02T03:04:05Z' };
const address = {
  busArn: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
  source: 'shop.payment',
  roleArn: 'arn:aws:iam::123456789012:role/timers',
};

/** An answer of the service: an exception by its name, or a schedule's ARN. */
interface Answer {
  readonly status: number;
  readonly exception?: string;
  /** How long it takes, milliseconds. */
  readonly after?: number;
}

interface WireRequest {
  readonly path: string;
  readonly body: Uint8Array;
}

const TAKEN: Answer = { status: 200 };

/** Timers on a real client whose requests are answered here. */
function setUp(answers: readonly Answer[], options: Partial<SchedulerTimersOptions> = {}) {
  let now = NOW;
  const requests: { readonly path: string; readonly ScheduleExpression: string }[] = [];
  const handle = async ({ path, body }: WireRequest) => {
    const { status, exception, after = 0 } = answers[requests.length] ?? TAKEN;
    now += after;
    requests.push({ path, ...JSON.parse(new TextDecoder().decode(body)) });
    const text = JSON.stringify(exception === undefined ? { ScheduleArn: 'arn' } : { Message: 'Not so.' });
    return {
      statusCode: status,
      reason: '',
      headers: { 'x-amzn-errortype': exception ?? '' },
      body: new Blob([text]).stream(),
    };
  };
  const client = new SchedulerClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: WireRequest) => ({ response: await handle(request) }),
    } as never,
  });
  const clock = { now: () => now, sleep: async () => undefined };
  const timers = new SchedulerTimers({ client, ...address, clock, ...options });
  return { timers, requests, expressions: () => requests.map(({ ScheduleExpression }) => ScheduleExpression) };
}

describe('timers on EventBridge Scheduler', () => {
  it('are set by one request', async () => {
    const { timers, requests } = setUp([TAKEN]);

    await timers.set(timer);

    expect(requests).toEqual([
      expect.objectContaining({
        path: expect.stringMatching(/^\/schedules\/fulfilment-charge-42-[0-9a-f]{32}$/),
        ScheduleExpression: 'at(2026-01-02T03:04:05)',
        ActionAfterCompletion: 'DELETE',
      }),
    ]);
  });

  it.each([
    ['past', '2020-01-01T00:00:00Z'],
    ['now', '2026-01-02T03:00:00Z'],
    ['sooner than a request may take', '2026-01-02T03:00:09Z'],
  ])('come soon when they are due %s', async (_, at) => {
    const { timers, expressions } = setUp([TAKEN]);

    await timers.set({ ...timer, at });

    expect(expressions()).toEqual(['at(2026-01-02T03:00:10)']);
  });

  it('come as soon as they are allowed to', async () => {
    const { timers, expressions } = setUp([TAKEN], { leadSeconds: 1 });

    await timers.set({ ...timer, at: '2026-01-02T03:00:00Z' });

    expect(expressions()).toEqual(['at(2026-01-02T03:00:01)']);
  });

  it('are set already when there is a schedule of their name', async () => {
    const { timers, requests } = setUp([{ status: 409, exception: 'ConflictException' }]);

    await timers.set(timer);

    expect(requests).toHaveLength(1);
  });

  it('are set once more when the request took so long that their time was past and refused', async () => {
    const late = { status: 400, exception: 'ValidationException', after: 10_000 };
    const { timers, expressions } = setUp([late, TAKEN]);

    await timers.set({ ...timer, at: '2026-01-02T03:00:00Z' });

    expect(expressions()).toEqual(['at(2026-01-02T03:00:10)', 'at(2026-01-02T03:00:20)']);
  });

  it('are given up when that happens twice, and may be set again', async () => {
    const late = { status: 400, exception: 'ValidationException', after: 10_000 };
    const { timers, requests } = setUp([late, late]);

    await expect(timers.set({ ...timer, at: '2026-01-02T03:00:00Z' })).rejects.toMatchObject({
      code: 'TIMER_NOT_SET',
      retryable: true,
    });
    expect(requests).toHaveLength(2);
  });

  it.each([
    [400, 'ValidationException', false, 'iam:PassRole'],
    [404, 'ResourceNotFoundException', false, 'the group'],
    [403, 'AccessDeniedException', false, 'scheduler:CreateSchedule'],
    [402, 'ServiceQuotaExceededException', true, 'Set it again'],
    [429, 'ThrottlingException', true, 'Set it again'],
    [500, 'InternalServerException', true, 'Set it again'],
  ])('are not set after %i %s: retryable is %s', async (status, exception, retryable, remedy) => {
    const { timers, requests } = setUp([{ status, exception }]);

    await expect(timers.set(timer)).rejects.toMatchObject({
      code: 'TIMER_NOT_SET',
      retryable,
      timer,
      message: expect.stringMatching(`"charge".*"fulfilment".*"42".*${timer.at}.*${exception}: Not so\\..*${remedy}`),
      cause: expect.objectContaining({ name: exception }),
    });
    expect(requests).toHaveLength(1);
  });

  it('are refused before anything is sent when they are none', async () => {
    const { timers, requests } = setUp([]);

    await expect(timers.set({ ...timer, at: 'soon' })).rejects.toMatchObject({ code: 'INVALID_TIMER', field: 'at' });
    expect(requests).toEqual([]);
  });

  it.each([
    ['busArn', 'orders'],
    ['source', 'aws.orders'],
    ['source', ''],
    ['source', 'x'.repeat(257)],
    ['roleArn', 'timers'],
    ['groupName', 'a group'],
    ['groupName', ''],
    ['deadLetterArn', 'https://sqs.eu-central-1.amazonaws.com/123456789012/timers'],
    ['leadSeconds', 0],
    ['leadSeconds', 1.5],
  ])('cannot be made with the %s "%s"', (option, value) => {
    expect(() => setUp([], { [option]: value })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`${option} of the timers`),
      }),
    );
  });
});
