import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpApi } from './http-api.js';
import { type HttpServer, serveHttp } from './serve-http.js';

describe('an HTTP API on a port', () => {
  let server: HttpServer;
  let events: APIGatewayProxyEventV2[];

  beforeEach(async () => {
    events = [];
    const handler = async (event: APIGatewayProxyEventV2) => {
      events.push(event);
      return { statusCode: 202, headers: { 'x-seen': 'yes' }, cookies: ['a=1', 'b=2'], body: event.body ?? 'none' };
    };
    const api = new HttpApi({
      routes: [
        { name: 'orders', route: 'ANY /orders/{id}', handler },
        { name: 'broken', route: 'GET /broken', handler: () => Promise.reject(new Error('broken')) },
      ],
      log: () => undefined,
    });
    server = await serveHttp(api, { port: 0 });
  });

  afterEach(async () => {
    await server.stop();
  });

  it('hands a request to its function, and sends what that answers', async () => {
    const response = await fetch(`${server.url}/orders/a%20b?x=1&x=2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'session=1; theme=dark', 'X-Custom': 'One' },
      body: '{"units":3}',
    });

    expect(response.status).toBe(202);
    expect(response.headers.get('x-seen')).toBe('yes');
    expect(response.headers.get('connection')).toBe('keep-alive');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('{"units":3}');
    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /orders/{id}',
      rawPath: '/orders/a b',
      rawQueryString: 'x=1&x=2',
      cookies: ['session=1', 'theme=dark'],
      headers: { 'content-type': 'application/json', 'x-custom': 'One', host: `127.0.0.1:${server.port}` },
      queryStringParameters: { x: '1,2' },
      pathParameters: { id: 'a b' },
      requestContext: { http: { method: 'POST', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' } },
      body: '{"units":3}',
    });
    expect(events[0]?.requestContext.timeEpoch).toBeGreaterThan(Date.now() - 10_000);
  });

  it('joins a header that comes twice with a comma', async () => {
    await new Promise<void>((resolve, reject) => {
      const request = sendRequest(`${server.url}/orders/1`, { headers: { accept: ['text/html', 'text/css'] } });
      request.on('response', (response) => response.resume().on('end', resolve));
      request.on('error', reject);
      request.end();
    });

    expect(events[0]?.headers.accept).toBe('text/html,text/css');
  });

  it('hands over bytes that are not text as base64', async () => {
    await fetch(`${server.url}/orders/1`, {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: Uint8Array.of(0, 255, 128),
    });

    expect(events[0]).toMatchObject({ body: 'AP+A', isBase64Encoded: true });
  });

  it('answers 404 on an unknown route and 500 when a function throws', async () => {
    const unknown = await fetch(`${server.url}/unknown`);
    const broken = await fetch(`${server.url}/broken`);

    expect([unknown.status, await unknown.text()]).toEqual([404, '{"message":"Not Found"}']);
    expect([broken.status, await broken.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  it('answers 413 on a body over 10 MB, and serves the next request', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024 + 1);

    const large = await fetch(`${server.url}/orders/1`, { method: 'POST', body });
    const next = await fetch(`${server.url}/orders/2`);

    expect([large.status, await large.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(next.status).toBe(202);
    expect(events.map(({ pathParameters }) => pathParameters)).toEqual([{ id: '2' }]);
  });

  it('answers a request that is under way when it is stopped, and takes no other', async () => {
    let finish: (body: string) => void = () => undefined;
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const handler = () => {
      begun();
      return new Promise<string>((resolve) => {
        finish = resolve;
      });
    };
    const api = new HttpApi({ routes: [{ name: 'slow', route: 'GET /slow', handler }], log: () => undefined });
    const slow = await serveHttp(api, { port: 0 });
    const answer = fetch(`${slow.url}/slow`);
    await running;

    const stopping = slow.stop();
    await expect(fetch(`${slow.url}/slow`)).rejects.toThrow();
    finish('done');
    await stopping;

    const response = await answer;
    expect(await response.text()).toBe('done');
    expect(response.headers.get('connection')).toBe('close');
  });

  it('says which port is in use, and how to choose another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    await expect(serveHttp(new HttpApi({ routes: [], log: () => undefined }), { port })).rejects.toThrow(
      expect.objectContaining({
        name: 'PortInUseError',
        code: 'PORT_IN_USE',
        port,
        message: `Port ${port} is in use by another program. Choose another: PORT=${port + 1} npm start, or the option "port".`,
      }),
    );
    other.close();
  });
});
