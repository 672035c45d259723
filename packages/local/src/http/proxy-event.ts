import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { LOCAL_ACCOUNT } from '../lambda-context.js';
import type { HttpRequest } from './http-request.js';
import type { PathParameters } from './http-route.js';
import type { JwtContext } from './jwt-authorizer.js';

/** What an event says besides the request itself. */
export interface EventDetails {
  /** The key of the route that took the request. */
  readonly routeKey: string;
  readonly pathParameters: PathParameters;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who calls, where the API asks for tokens. */
  readonly authorizer?: { readonly jwt: JwtContext } | undefined;
}

/** Bodies of these types, and of `text/…`, reach the function as text; all others as base64. */
const textTypes: ReadonlySet<string> = new Set(['application/json', 'application/xml', 'application/javascript']);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Makes the event that API Gateway calls a function with for a request to an HTTP API, in payload format 2.0.
 * Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 */
export function toProxyEvent(request: HttpRequest, details: EventDetails): APIGatewayProxyEventV2 {
  const { headers, cookies } = joinHeaders(request.headers);
  const query = joinValues(new URLSearchParams(request.query));
  const path = decodeURIComponent(request.path);
  const domainName = headers.host ?? 'localhost';
  const isText = isTextType(headers['content-type']);
  return {
    version: '2.0',
    routeKey: details.routeKey,
    // "Raw" means without the stage's name: API Gateway decodes it.
    rawPath: path,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(request.query !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: 'local',
      ...(details.authorizer && { authorizer: details.authorizer }),
      domainName,
      domainPrefix: domainName.replace(/[.:].*/, ''),
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: details.requestId,
      routeKey: details.routeKey,
      stage: '$default',
      time: toLogTime(new Date(details.now)),
      timeEpoch: details.now,
    },
    ...(Object.keys(details.pathParameters).length > 0 && { pathParameters: { ...details.pathParameters } }),
    ...(request.body.length > 0 && { body: Buffer.from(request.body).toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

/** Names in lower case, values of one name joined with commas; cookies go apart. */
export function joinHeaders(pairs: HttpRequest['headers']): { headers: Record<string, string>; cookies: string[] } {
  const lowered = pairs.map(([name, value]): readonly [string, string] => [name.toLowerCase(), value]);
  const cookies = lowered.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split(/;\s*/));
  return { headers: joinValues(lowered.filter(([name]) => name !== 'cookie')), cookies };
}

function joinValues(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

function isTextType(contentType = ''): boolean {
  const type = contentType.replace(/;.*/s, '').trim().toLowerCase();
  return type.startsWith('text/') || textTypes.has(type);
}

/** The Common Log Format, such as `12/Mar/2020:19:03:58 +0000`. */
export function toLogTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split(/[T.]/);
  const [year, , day] = date.split('-');
  return `${day}/${months[time.getUTCMonth()]}/${year}:${clock} +0000`;
}
