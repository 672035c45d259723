import type { CorsConfiguration } from '@everfold/core';

/**
 * The answer to a browser that asks whether a page of another origin may send a request, or nothing when this is no such question.
 * It is 204 whatever the answer: an origin that may not is told nothing.
 */
export function preflightAnswer(
  cors: CorsConfiguration,
  method: string,
  headers: Readonly<Record<string, string>>,
): Response | undefined {
  const { origin, 'access-control-request-method': wanted } = headers;
  if (method !== 'OPTIONS' || origin === undefined || wanted === undefined) return undefined;
  const { allowMethods = [], allowHeaders = [], maxAge } = cors;
  const answer = withCors(new Response(null, { status: 204 }), cors, origin);
  if (!answer.headers.has('access-control-allow-origin')) return answer;
  if (allowMethods.length > 0) answer.headers.set('access-control-allow-methods', allowMethods.join(','));
  if (allowHeaders.length > 0) answer.headers.set('access-control-allow-headers', allowHeaders.join(','));
  if (maxAge !== undefined) answer.headers.set('access-control-max-age', String(maxAge));
  return answer;
}

/**
 * Says on a function's answer whether a page of another origin may read it, in place of what the function says of it.
 *
 * @param origin - What the browser says in `origin`; nothing where the request comes from no page of another origin.
 */
export function withCors(answer: Response, cors: CorsConfiguration, origin: string | undefined): Response {
  for (const name of [...answer.headers.keys()]) {
    if (name.startsWith('access-control-')) answer.headers.delete(name);
  }
  if (origin === undefined || !isAllowed(cors, origin)) return answer;
  const { allowOrigins, exposeHeaders = [], allowCredentials = false } = cors;
  answer.headers.set('access-control-allow-origin', allowOrigins.includes('*') ? '*' : origin);
  if (allowCredentials) answer.headers.set('access-control-allow-credentials', 'true');
  if (exposeHeaders.length > 0) answer.headers.set('access-control-expose-headers', exposeHeaders.join(','));
  return answer;
}

function isAllowed({ allowOrigins }: CorsConfiguration, origin: string): boolean {
  return allowOrigins.some((allowed) =>
    allowed.endsWith('*') ? origin.startsWith(allowed.slice(0, -1)) : allowed === origin,
  );
}
