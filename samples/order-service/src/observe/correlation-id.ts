/** As much of a request as its correlation is known by. */
interface Correlated {
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly requestContext: { readonly requestId?: string };
}

/** What an id may look like: it goes into every event that the request sets off, and into every line that is written about one. */
const ID = /^[\x21-\x7e]{1,128}$/;

/**
 * The correlation of a request: the client's own, from `x-correlation-id`, or the request's id. What is no id of 1 to 128 visible
 * characters of ASCII is passed over: who only follows requests is not to make them fail.
 */
export function correlationIdOf({ headers, requestContext }: Correlated): string {
  const theirs = headers?.['x-correlation-id'];
  return theirs !== undefined && ID.test(theirs) ? theirs : (requestContext.requestId ?? '');
}
