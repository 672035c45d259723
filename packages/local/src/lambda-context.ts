import { type Clock, InvalidArgumentError } from '@everfold/core';
import type { Context } from 'aws-lambda';

/** The account that everything on this machine belongs to. */
export const LOCAL_ACCOUNT = '000000000000';

/** The region that everything on this machine is in. */
export const LOCAL_REGION = 'us-east-1';

/** The longest that AWS Lambda lets a function run, milliseconds. */
const LONGEST_RUN_MS = 900_000;

/** A function as AWS Lambda calls it. */
export type LambdaHandler<TEvent> = (event: TEvent, context: Context) => Promise<unknown>;

/** One call of a function. */
export interface Invocation {
  readonly functionName: string;
  /** The same for every attempt at the same event, as with Lambda's asynchronous invocations. */
  readonly requestId: string;
  readonly clock: Clock;
  /** How long the function believes it may run, milliseconds. Nobody stops it here. Default 900,000. */
  readonly timeoutMs?: number;
}

/**
 * Makes the second argument of a Lambda handler.
 * Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information".
 */
export function lambdaContext({ functionName, requestId, clock, timeoutMs = LONGEST_RUN_MS }: Invocation): Context {
  const deadline = clock.now() + timeoutMs;
  const refuse = () => {
    throw new InvalidArgumentError(`"${functionName}" ended with its context. Return from the handler, or throw.`);
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: '1024',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now()),
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
}
