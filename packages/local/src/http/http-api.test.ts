import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { HttpApi, type HttpRoute } from './http-api.js';

function startApi(routes: readonly HttpRoute[]) {
  const logged: { message: string; error: unknown }[] = [];
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const api = new HttpApi({ routes, log: (message, error) => logged.push({ message, error }), clock, random: () => 0 });
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
