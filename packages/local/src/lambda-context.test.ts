import { describe, expect, it } from 'vitest';
import { lambdaContext } from './lambda-context.js';

function contextAt(times: { now: number }, timeoutMs?: number) {
  const clock = { now: () => times.now, sleep: () => Promise.resolve() };
  return lambdaContext({ functionName: 'charge', requestId: 'r-1', clock, ...(timeoutMs && { timeoutMs }) });
}

describe('lambdaContext', () => {
  it('says which function runs, and for which request', () => {
    expect(contextAt({ now: 0 })).toMatchObject({
      functionName: 'charge',
      awsRequestId: 'r-1',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:charge',
      logGroupName: '/aws/lambda/charge',
    });
  });

  it('counts down the time that remains, and never below zero', () => {
    const times = { now: 1000 };
    const context = contextAt(times, 30_000);

    expect(context.getRemainingTimeInMillis()).toBe(30_000);
    times.now += 29_000;
    expect(context.getRemainingTimeInMillis()).toBe(1000);
    times.now += 29_000;
    expect(context.getRemainingTimeInMillis()).toBe(0);
  });

  it('gives a function the 15 minutes of AWS Lambda by default', () => {
    expect(contextAt({ now: 0 }).getRemainingTimeInMillis()).toBe(900_000);
  });

  it.each(['done', 'fail', 'succeed'] as const)('has no way to end a function by %s', (end) => {
    expect(() => contextAt({ now: 0 })[end]('x')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
