import { correlationIdOf } from './correlation-id.js';
import { observed } from './observed.js';

interface AnyRequest {
  readonly requestContext: { readonly requestId?: string; readonly routeKey?: string };
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Has a function that answers requests be observed, or one that is told of connections: see {@link observed}. */
export function observedRequest<TArguments extends readonly [AnyRequest, ...unknown[]], TResult>(
  handler: (...given: TArguments) => Promise<TResult>,
): (...given: TArguments) => Promise<TResult> {
  return observed(handler, (event) => {
    const { requestContext = {}, headers } = event as Partial<AnyRequest>;
    return {
      name: requestContext.routeKey ?? 'request',
      level: 'info',
      correlationId: correlationIdOf({ headers, requestContext }),
      outcomeOf: (result) => (result instanceof Object && 'statusCode' in result ? { status: result.statusCode } : {}),
    };
  });
}
