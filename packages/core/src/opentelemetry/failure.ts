import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { isEverfoldError } from '../errors.js';
import { ATTRIBUTE } from './attributes.js';

/** Marks a span as failed, business outcomes too: what a dashboard is to leave out, it can tell by the code. */
export function recordFailure(span: Span, error: unknown): void {
  const code = isEverfoldError(error) ? error.code : undefined;
  if (code !== undefined) span.setAttribute(ATTRIBUTE.errorCode, code);
  if (code === 'REJECTED') span.setAttributes(textOf(error, 'reason', ATTRIBUTE.errorReason));
  span.setAttribute(ATTRIBUTE.errorType, code ?? (error instanceof Error ? error.name : '_OTHER'));
  if (code === 'CLAIM_TAKEN') {
    // Its message has the value, such as an e-mail address, which does not belong into a trace.
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  const message = messageOf(error);
  span.recordException(error instanceof Error ? error : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Tells a span that an append within it came second: it may well be tried again, and succeed. */
export function recordConflict(span: Span | undefined, error: unknown): void {
  if (!isEverfoldError(error, 'CONFLICT')) return;
  span?.addEvent('conflict', {
    ...textOf(error, 'stream', ATTRIBUTE.stream),
    ...('expected' in error && typeof error.expected === 'number'
      ? { [ATTRIBUTE.expectedVersion]: error.expected }
      : {}),
  });
}

function textOf(error: unknown, field: string, attribute: string): Attributes {
  const text: unknown = error instanceof Error ? Reflect.get(error, field) : undefined;
  return typeof text === 'string' ? { [attribute]: text } : {};
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : `A value of type ${typeof error} was thrown.`;
}
