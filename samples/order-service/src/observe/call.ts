import { AsyncLocalStorage } from 'node:async_hooks';
import type { RecordHead } from '@everfold/dynamodb-store';

/** What every line says of the call that it is written in. The names are those that Powertools gives them. */
export interface Call {
  readonly correlation_id: string;
  readonly function_name: string;
  readonly function_request_id: string;
  readonly cold_start: boolean;
}

interface CallOf extends Call {
  /** Of a batch of the stream: each commit has a correlation of its own. */
  readonly heads: readonly RecordHead[];
}

const calls = new AsyncLocalStorage<CallOf>();

/** Runs a call: on a machine that is not AWS, many run at the same time. */
export function withinCall<TResult>(call: Call, heads: readonly RecordHead[], work: () => TResult): TResult {
  return calls.run({ ...call, heads }, work);
}

/** The call that is under way; nothing outside of one. */
export function currentCall(): Call | undefined {
  const call = calls.getStore();
  if (call === undefined) return undefined;
  const { heads: _, ...rest } = call;
  return rest;
}

/** The correlation of a commit of the batch that is handled. */
export function correlationOf(stream: string | undefined, version: number | undefined): { correlation_id?: string } {
  const head = calls.getStore()?.heads.find((each) => each.stream === stream && each.version === version);
  return head === undefined ? {} : { correlation_id: head.metadata.correlationId };
}
