import type { Metadata } from '@everfold/core';
import { continueTrace } from '@everfold/core/opentelemetry';
import { observed } from './observed.js';

interface AnyDelivery {
  readonly 'detail-type'?: string;
  readonly detail?: { readonly id?: string; readonly metadata?: Metadata };
}

/** Has a function behind a rule be observed, whether its rule sends events, timers or no more than the time: see {@link observed}. */
export function observedEvent<TArguments extends readonly unknown[], TResult>(
  handler: (...given: TArguments) => Promise<TResult>,
): (...given: TArguments) => Promise<TResult> {
  return observed(handler, (event) => {
    const { 'detail-type': name = 'call', detail: { id = '', metadata } = {} } = (event ?? {}) as AnyDelivery;
    if (typeof metadata?.correlationId !== 'string') return { name, level: 'debug' };
    return {
      name,
      level: 'info',
      correlationId: metadata.correlationId,
      subject: { event_id: id },
      // An event is one trace's, from the request on.
      traced: (work) => continueTrace(metadata, `process ${name}`, work, { parent: 'appending' }),
    };
  });
}
