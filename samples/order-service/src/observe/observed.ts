import type { RecordHead } from '@everfold/dynamodb-store';
import type { Context } from 'aws-lambda';
import { type Call, withinCall } from './call.js';
import { describeError, log } from './log.js';
import { flushMetrics } from './metrics.js';

/** Where a call comes from: what its lines, and its trace, want to know of it. Nothing of it is checked yet. */
export interface Origin {
  readonly name: string;
  /** Of the line that says that it was handled. */
  readonly level: 'debug' | 'info';
  /** Of what is about one thing. */
  readonly correlationId?: string;
  /** The commits that it is about, where it is about many. */
  readonly heads?: readonly RecordHead[];
  /** What lines about all of it say. */
  readonly subject?: object;
  /** What the line says of how it ended. */
  readonly outcomeOf?: (result: unknown) => object;
  /** Has the work be in the trace that the origin belongs to. */
  readonly traced?: <TResult>(work: () => Promise<TResult>) => Promise<TResult>;
}

let isWarm = false;

/**
 * Has a function be observed: within it, every line says which call it is about, and what goes on is in the trace of the event that it is
 * about. What it throws is logged with its correlation, before Lambda hears of it; what it measured is written when it is over.
 *
 * Costs no request. A request and an event of the bus are a line at level `INFO`, all else at level `DEBUG`.
 *
 * @param originOf - For the kind of calls that the function has: `observedRequest`, `observedEvent` and `observedBatch` give it.
 */
export function observed<TArguments extends readonly unknown[], TResult>(
  handler: (...given: TArguments) => Promise<TResult>,
  originOf: (event: unknown) => Origin,
): (...given: TArguments) => Promise<TResult> {
  return (...given) => {
    const [event, context] = given;
    const origin = originOf(event);
    const call = callOf(origin, context as Context | undefined);
    isWarm = true;
    return withinCall(call, origin.heads ?? [], () => run(origin, () => handler(...given)));
  };
}

async function run<TResult>(origin: Origin, work: () => Promise<TResult>): Promise<TResult> {
  const { name, level, subject, outcomeOf, traced } = origin;
  try {
    const result = await (traced ? traced(work) : work());
    log(level, `${name} was handled`, { ...subject, ...outcomeOf?.(result) });
    return result;
  } catch (error) {
    log('error', `${name} was not handled`, { ...subject, ...describeError(error) });
    throw error;
  } finally {
    flushMetrics();
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
