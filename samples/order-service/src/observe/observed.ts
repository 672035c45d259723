import { continueTrace, linkTraces } from '@everfold/core/opentelemetry';
import type { Context } from 'aws-lambda';
import { type Call, withinCall } from './call.js';
import { describeError, log } from './log.js';
import { flushMetrics } from './metrics.js';
import { type Origin, originOf } from './origin.js';

let isWarm = false;

/**
 * Has a function be observed: within it, every line says which call it is about, and what goes on is in the trace of the event that it is
 * about. What it throws is logged with its correlation, before Lambda hears of it; what it measured is written when it is over.
 *
 * Costs no request. A request and an event of the bus are a line at level `INFO`, all else at level `DEBUG`.
 */
export function observed<TArguments extends readonly unknown[], TResult>(
  handler: (...given: TArguments) => Promise<TResult>,
): (...given: TArguments) => Promise<TResult> {
  return (...given) => {
    const [event, context] = given;
    const origin = originOf(event);
    const call = callOf(origin, context as Context | undefined);
    isWarm = true;
    return withinCall(call, origin.kind === 'batch' ? origin.heads : [], () => run(origin, () => handler(...given)));
  };
}

async function run<TResult>(origin: Origin, work: () => Promise<TResult>): Promise<TResult> {
  try {
    const result = await traced(origin, work);
    logHandled(origin, result);
    return result;
  } catch (error) {
    log('error', `${origin.name} was not handled`, { ...subjectOf(origin), ...describeError(error) });
    throw error;
  } finally {
    flushMetrics();
  }
}

/** An event is one trace's, from the request on; a batch is of many. */
function traced<TResult>(origin: Origin, work: () => Promise<TResult>): Promise<TResult> {
  switch (origin.kind) {
    case 'event':
      return continueTrace(origin.metadata, `process ${origin.name}`, work, { parent: 'appending' });
    case 'batch':
      return linkTraces(
        origin.heads.map(({ metadata }) => metadata),
        `process ${origin.name}`,
        work,
      );
    default:
      return work();
  }
}

function callOf(origin: Origin, { awsRequestId = '', functionName = '' }: Partial<Context> = {}): Call {
  return {
    correlation_id: origin.correlationId ?? awsRequestId,
    function_name: functionName,
    function_request_id: awsRequestId,
    cold_start: !isWarm,
  };
}

function logHandled(origin: Origin, result: unknown): void {
  const isOfOne = origin.kind === 'request' || origin.kind === 'event';
  const status = origin.kind === 'request' && result instanceof Object && 'statusCode' in result ? result : undefined;
  log(isOfOne ? 'info' : 'debug', `${origin.name} was handled`, {
    ...subjectOf(origin),
    ...(status && { status: status.statusCode }),
  });
}

function subjectOf(origin: Origin): object {
  if (origin.kind === 'event') return { event_id: origin.id };
  return origin.kind === 'batch' ? { commits: origin.heads.length } : {};
}
