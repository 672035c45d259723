import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpAccess, HttpApi, type HttpRoute } from './http-api.js';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.js';

function startApi(routes: readonly HttpRoute[], access: HttpAccess = {}) {
  const logged: { message: string; error: unknown }[] = [];
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const log = (message: string, error: unknown) => logged.push({ message, error });
  const api = new HttpApi({ ...access, routes, log, clock, random: () => 0 });
  return { api, logged };
}

/** A route that remembers its calls, and answers with its own key. */
function recorder(route: HttpRoute['route']) {
  const calls: { event: APIGatewayProxyEventV2; context: Context }[] = [];
  const handler: HttpRoute['handler'] = async (event, context) => {
    calls.push({ event, context });
    return route;
  };
  return { calls, route: { name: route.replace(/\W+/g, '-'), route, handler } };
}

function throwing(error: unknown): HttpRoute {
  return { name: 'broken', route: 'GET /broken', handler: () => Promise.reject(error) };
}

describe('HttpApi', () => {
  it('calls the function of the most specific route, wherever it stands in the list', async () => {
    const keys: HttpRoute['route'][] = ['$default', 'ANY /{proxy+}', 'GET /pets/{id}', 'GET /pets/dog'];
    const { api } = startApi(keys.map((key) => recorder(key).route));
    const ask = async (method: string, path: string) => (await api.invoke(method, path)).text();

    expect(await ask('GET', '/pets/dog')).toBe('GET /pets/dog');
    expect(await ask('GET', '/pets/cat')).toBe('GET /pets/{id}');
    expect(await ask('POST', '/pets/cat')).toBe('ANY /{proxy+}');
    expect(await ask('GET', '/')).toBe('ANY /{proxy+}');
  });

  it('leaves to $default what no other route takes', async () => {
    const { api } = startApi([recorder('GET /pets').route, recorder('$default').route]);

    expect(await (await api.invoke('PUT', '/pets')).text()).toBe('$default');
  });

  it('hands an invocation to the function as the event of a request', async () => {
    const { route, calls } = recorder('POST /orders/{id}');
    const { api } = startApi([route]);

    await api.invoke('POST', '/orders/a%2Fb?dry=1&dry=2', { units: 3 });

    expect(calls[0]?.event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /orders/{id}',
      rawPath: '/orders/a/b',
      rawQueryString: 'dry=1&dry=2',
      queryStringParameters: { dry: '1,2' },
      pathParameters: { id: 'a/b' },
      headers: { 'content-type': 'application/json', 'content-length': '11' },
      body: '{"units":3}',
      isBase64Encoded: false,
    });
    expect(calls[0]?.context.functionName).toBe('POST-orders-id-');
    expect(calls[0]?.context.awsRequestId).toBe(calls[0]?.event.requestContext.requestId);
    expect(calls[0]?.context.getRemainingTimeInMillis()).toBe(30_000);
  });

  it('sends no body for none', async () => {
    const { route, calls } = recorder('GET /orders');
    const { api } = startApi([route]);

    await api.invoke('GET', '/orders');

    expect(calls[0]?.event).not.toHaveProperty('body');
    expect(calls[0]?.event.headers).toEqual({ host: 'localhost' });
  });

  it('answers 404 on a route that nobody declared', async () => {
    const { api } = startApi([recorder('GET /orders').route]);

    const response = await api.invoke('GET', '/unknown');

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"message":"Not Found"}');
  });

  it('answers 400 on a path that cannot be decoded', async () => {
    const { api } = startApi([recorder('$default').route]);

    const response = await api.invoke('GET', '/100%');

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: 'Bad Request' });
  });

  it('answers 500 when a function throws, and logs why', async () => {
    const error = new Error('no database');
    const { api, logged } = startApi([throwing(error)]);

    const response = await api.invoke('GET', '/broken');

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
    expect(logged).toEqual([
      { message: '"broken" failed on GET /broken (request 00000000-0000-4000-8000-000000000000).', error },
    ]);
  });

  it('answers 500 when it does not understand what a function returned, and logs why', async () => {
    const handler = async () => ({ statusCode: '200' });
    const { api, logged } = startApi([{ name: 'odd', route: 'GET /odd', handler }]);

    expect((await api.invoke('GET', '/odd')).status).toBe(500);
    expect(logged[0]?.error).toMatchObject({ message: expect.stringContaining('statusCode "200"') });
  });

  it('answers 413 on an event beyond what AWS Lambda takes', async () => {
    const { route, calls } = recorder('POST /orders');
    const { api } = startApi([route]);

    const response = await api.invoke('POST', '/orders', 'x'.repeat(6_291_456));

    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(calls).toEqual([]);
  });

  it('refuses two functions for one route', () => {
    expect(() => startApi([recorder('GET /a').route, recorder('GET /a').route])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('an HttpApi that asks for tokens', () => {
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  let issuer: TokenIssuer;

  beforeAll(async () => {
    issuer = await startTokenIssuer({ clock });
  });
  afterAll(() => issuer.stop());

  const bearer = async (scopes?: string[]) => ({
    authorization: `Bearer ${await issuer.token({ subject: 'ada', ...(scopes && { scopes }) })}`,
  });

  it('tells the function who calls', async () => {
    const { route, calls } = recorder('GET /orders');
    const { api } = startApi([route], { jwt: issuer });

    const answer = await api.invoke('GET', '/orders', undefined, await bearer());

    expect(answer.status).toBe(200);
    expect(calls[0]?.event.requestContext).toMatchObject({
      authorizer: { jwt: { claims: { sub: 'ada', iat: '0' }, scopes: null } },
    });
  });

  it('does not call the function for who brings none', async () => {
    const { route, calls } = recorder('GET /orders');
    const { api } = startApi([route], { jwt: issuer });

    const answer = await api.invoke('GET', '/orders');

    expect([answer.status, await answer.text()]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await api.invoke('GET', '/unknown')).status).toBe(404);
    expect(calls).toEqual([]);
  });

  it('does not call the function of a route for who lacks its scopes', async () => {
    const { route, calls } = recorder('GET /orders');
    const { api } = startApi([{ ...route, scopes: ['orders/staff'] }], { jwt: issuer });

    const refused = await api.invoke('GET', '/orders', undefined, await bearer());
    const answered = await api.invoke('GET', '/orders', undefined, await bearer(['orders/staff']));

    expect([refused.status, await refused.text()]).toEqual([403, '{"message":"Forbidden"}']);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(answered.status).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('answers what a browser asks beforehand by itself, without a token', async () => {
    const { route, calls } = recorder('ANY /orders');
    const { api } = startApi([route], { jwt: issuer, cors: { allowOrigins: ['https://shop.example.com'] } });
    const origin = 'https://shop.example.com';

    const preflight = await api.invoke('OPTIONS', '/orders', undefined, {
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
    });
    const answer = await api.invoke('GET', '/orders', undefined, { origin, ...(await bearer()) });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(calls).toHaveLength(1);
  });

  it('refuses a route with scopes where nobody checks tokens', () => {
    expect(() => startApi([{ ...recorder('GET /a').route, scopes: ['orders/staff'] }])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"GET /a"') }),
    );
  });
});
