import {
  type Clock,
  type CorsConfiguration,
  defineCors,
  type HttpTrigger,
  InvalidArgumentError,
  type Random,
  systemClock,
  systemRandom,
} from '@everfold/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { uuidFrom } from '../bus/uuid.js';
import { type LambdaHandler, lambdaContext } from '../lambda-context.js';
import { preflightAnswer, withCors } from './cors.js';
import { toResponse } from './function-answer.js';
import { decodedSegments, type HttpRequest } from './http-request.js';
import { bySpecificity, matchRoute, type ParsedRoute, type PathParameters, parseRoute } from './http-route.js';
import { type Authorization, type JwtAuthorizer, type JwtConfiguration, jwtAuthorizer } from './jwt-authorizer.js';
import { joinHeaders, toProxyEvent } from './proxy-event.js';

/** A function that answers requests. */
export interface HttpRoute {
  /** The function's name. */
  readonly name: string;
  /** Such as `GET /orders/{id}`, `ANY /{proxy+}`, or `$default` for what no other route takes. */
  readonly route: HttpTrigger['route'] | '$default';
  readonly handler: LambdaHandler<APIGatewayProxyEventV2>;
  /** Scopes of which a token must have one. Only with `jwt`. */
  readonly scopes?: readonly string[] | undefined;
}

/** Who may call an API. */
export interface HttpAccess {
  /** Whose tokens are asked for, on every route. Default: nobody is asked for one. */
  readonly jwt?: JwtConfiguration;
  /** Which pages of other origins may call it. Default: none. */
  readonly cors?: CorsConfiguration;
}

export interface HttpApiOptions extends HttpAccess {
  readonly routes: readonly HttpRoute[];
  /** Hears of every function that failed; the client only gets a 500. */
  readonly log: (message: string, error: unknown) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

interface ServedRoute extends ParsedRoute {
  readonly name: string;
  readonly handler: LambdaHandler<APIGatewayProxyEventV2>;
  readonly scopes: readonly string[] | undefined;
}

/** The longest that API Gateway waits for a function, milliseconds. */
const TIMEOUT_MS = 30_000;

/** The largest event that AWS Lambda takes in a synchronous call, bytes of JSON. Source: "Lambda quotas". */
const LARGEST_EVENT = 6_291_456;

/**
 * Routes that answer as an HTTP API of Amazon API Gateway does, without a socket; {@link serveHttp} adds one.
 *
 * @throws InvalidArgumentError when API Gateway would refuse a route or the CORS, two routes are the same, or one asks for scopes and
 * nobody for tokens.
 *
 * @example
 * ```ts
 * const api = new HttpApi({ routes: [{ name: 'get-order', route: 'GET /orders/{id}', handler }], log });
 * const response = await api.invoke('GET', '/orders/42');
 * ```
 */
export class HttpApi {
  /** The most specific first. */
  readonly #routes: readonly ServedRoute[];
  readonly #authorize: JwtAuthorizer | undefined;
  readonly #cors: CorsConfiguration | undefined;
  readonly #log: HttpApiOptions['log'];
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ routes, jwt, cors, log, clock = systemClock, random = systemRandom }: HttpApiOptions) {
    const keys = new Set<string>();
    for (const { route, scopes } of routes) {
      if (keys.has(route)) throw new InvalidArgumentError(`Two functions answer "${route}". Remove one of them.`);
      keys.add(route);
      if (scopes !== undefined && jwt === undefined) {
        throw new InvalidArgumentError(
          `Route "${route}" asks for scopes, and nobody checks tokens. Give the API a JWT authorizer: { jwt }.`,
        );
      }
    }
    this.#routes = routes
      .map(({ name, route, handler, scopes }) => ({ ...parseRoute(route), name, handler, scopes }))
      .sort(bySpecificity);
    this.#authorize = jwt && jwtAuthorizer(jwt, clock);
    this.#cors = cors && defineCors(cors);
    this.#log = log;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Calls a route from within this process, with the same event that a request over the network would make.
   *
   * @param path - Percent-encoded, with the query string if there is one.
   * @param body - Sent as JSON; nothing is sent for `undefined`.
   * @param more - Headers beside those that follow from the body, such as `authorization`.
   */
  invoke(method: string, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    const [pathname = '', query = ''] = path.split(/\?(.*)/s);
    const json = body === undefined ? '' : JSON.stringify(body);
    const headers: [string, string][] = [['host', 'localhost'], ...Object.entries(more)];
    if (json !== '')
      headers.push(['content-type', 'application/json'], ['content-length', `${Buffer.byteLength(json)}`]);
    const bytes = Buffer.from(json);
    return this.handle({
      method,
      path: pathname,
      query,
      headers,
      body: bytes,
      sourceIp: '127.0.0.1',
      protocol: 'HTTP/1.1',
    });
  }

  /**
   * Answers a request: with 404 when no route takes it, with 401 and 403 when its token will not do, with 413 when it is too
   * large, with 500 when the function fails.
   */
  async handle(request: HttpRequest): Promise<Response> {
    const preflight = this.#cors && preflightAnswer(this.#cors, request.method, joinHeaders(request.headers).headers);
    if (preflight) return preflight;
    const segments = decodedSegments(request.path);
    if (!segments) return gatewayAnswer(400, 'Bad Request');
    for (const route of this.#routes) {
      const pathParameters = matchRoute(route, request.method, segments);
      if (pathParameters) return this.#call(route, pathParameters, request);
    }
    return gatewayAnswer(404, 'Not Found');
  }

  /** Nothing where nobody is asked for a token. */
  #permissionFor(authorization: string | undefined, scopes: ServedRoute['scopes']): Promise<Authorization | undefined> {
    return this.#authorize?.(authorization, scopes) ?? Promise.resolve(undefined);
  }

  async #call(route: ServedRoute, pathParameters: PathParameters, request: HttpRequest): Promise<Response> {
    const { authorization, origin } = joinHeaders(request.headers).headers;
    const permission = await this.#permissionFor(authorization, route.scopes);
    if (permission && 'status' in permission) {
      return gatewayAnswer(permission.status, permission.message, { 'www-authenticate': permission.challenge });
    }
    const requestId = uuidFrom(this.#random);
    const event = toProxyEvent(request, {
      routeKey: route.key,
      pathParameters,
      requestId,
      now: this.#clock.now(),
      authorizer: permission,
    });
    if (Buffer.byteLength(JSON.stringify(event)) > LARGEST_EVENT) return tooLarge();
    const context = lambdaContext({ functionName: route.name, requestId, clock: this.#clock, timeoutMs: TIMEOUT_MS });
    try {
      const answer = toResponse(await route.handler(event, context));
      return this.#cors ? withCors(answer, this.#cors, origin) : answer;
    } catch (error) {
      this.#log(`"${route.name}" failed on ${request.method} ${request.path} (request ${requestId}).`, error);
      return gatewayAnswer(500, 'Internal Server Error');
    }
  }
}

/** The answer to a request that API Gateway does not hand to a function for its size. */
export function tooLarge(): Response {
  return gatewayAnswer(413, 'Request Entity Too Large');
}

/** An answer of API Gateway itself. */
function gatewayAnswer(status: number, message: string, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ message }), {
    status,
    headers: { 'content-type': 'application/json', ...more },
  });
}
