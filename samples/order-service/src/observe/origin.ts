import type { Metadata } from '@everfold/core';
import { type RecordHead, readRecordHead } from '@everfold/dynamodb-store';
import type { DynamoDBRecord } from 'aws-lambda';
import { correlationIdOf } from './correlation-id.js';

/** Where a call comes from: what a line and a trace want to know of it. Nothing of it is checked yet. */
export type Origin =
  | (Named & { readonly kind: 'request' | 'other' })
  | (Named & { readonly kind: 'event'; readonly id: string; readonly metadata: Metadata })
  | (Named & { readonly kind: 'batch'; readonly heads: readonly RecordHead[] });

interface Named {
  readonly name: string;
  /** Of what is about one thing. */
  readonly correlationId?: string;
}

interface AnyEvent {
  readonly requestContext?: { readonly requestId?: string; readonly routeKey?: string };
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly 'detail-type'?: string;
  readonly detail?: { readonly id?: string; readonly metadata?: Metadata };
  readonly Records?: readonly DynamoDBRecord[];
}

/** Tells a request, an event of the bus and a batch of the stream from one another. */
export function originOf(given: unknown): Origin {
  const event = (typeof given === 'object' && given !== null ? given : {}) as AnyEvent;
  const { requestContext, headers, detail, Records: records } = event;
  if (requestContext !== undefined) {
    const { routeKey: name = 'request' } = requestContext;
    return { kind: 'request', name, correlationId: correlationIdOf({ headers, requestContext }) };
  }
  const type = event['detail-type'];
  if (type !== undefined) {
    const { id, metadata } = detail ?? {};
    return typeof metadata?.correlationId === 'string'
      ? { kind: 'event', name: type, id: id ?? '', metadata, correlationId: metadata.correlationId }
      : { kind: 'other', name: type };
  }
  if (records === undefined) return { kind: 'other', name: 'call' };
  return { kind: 'batch', name: 'stream', heads: records.flatMap((record) => readRecordHead(record) ?? []) };
}
