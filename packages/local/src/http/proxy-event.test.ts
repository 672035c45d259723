import { describe, expect, it } from 'vitest';
import type { HttpRequest } from './http-request.js';
import { type EventDetails, toProxyEvent } from './proxy-event.js';

const details: EventDetails = {
  routeKey: 'POST /orders/{id}',
  pathParameters: { id: 'a b' },
  requestId: 'r-1',
  now: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
};

const request: HttpRequest = {
  method: 'POST',
  path: '/orders/a%20b',
  query: 'tag=one&tag=t%26wo&note=a+b',
  headers: [
    ['Host', 'localhost:3000'],
    ['User-Agent', 'curl/8'],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Accept', 'text/html'],
    ['accept', 'application/json'],
    ['Cookie', 'session=1; theme=dark'],
    ['cookie', 'more=2'],
  ],
  body: Buffer.from('{"name":"Zoë"}'),
  sourceIp: '127.0.0.1',
  protocol: 'HTTP/1.1',
};

function withBody(contentType: string | undefined, body: Uint8Array) {
  const headers: [string, string][] = contentType === undefined ? [] : [['content-type', contentType]];
  return toProxyEvent({ ...request, headers, body }, details);
}

describe('toProxyEvent', () => {
  it('makes the event of payload format 2.0', () => {
    expect(toProxyEvent(request, details)).toEqual({
      version: '2.0',
      routeKey: 'POST /orders/{id}',
      rawPath: '/orders/a b',
      rawQueryString: 'tag=one&tag=t%26wo&note=a+b',
      cookies: ['session=1', 'theme=dark', 'more=2'],
      headers: {
        host: 'localhost:3000',
        'user-agent': 'curl/8',
        'content-type': 'application/json; charset=utf-8',
        accept: 'text/html,application/json',
      },
      queryStringParameters: { tag: 'one,t&wo', note: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: 'localhost:3000',
        domainPrefix: 'localhost',
        http: {
          method: 'POST',
          path: '/orders/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'curl/8',
        },
        requestId: 'r-1',
        routeKey: 'POST /orders/{id}',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1_584_039_838_390,
      },
      pathParameters: { id: 'a b' },
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what a request does not have', () => {
    const bare = { ...request, query: '', headers: [], body: Buffer.alloc(0) };

    const event = toProxyEvent(bare, { ...details, pathParameters: {} });

    expect(Object.keys(event).sort()).toEqual([
      'headers',
      'isBase64Encoded',
      'rawPath',
      'rawQueryString',
      'requestContext',
      'routeKey',
      'version',
    ]);
    expect(event.isBase64Encoded).toBe(false);
  });

  it.each([
    'text/plain',
    'TEXT/CSV; charset=utf-8',
    'application/json',
    'application/json;charset=UTF-8',
    'application/xml',
    'application/javascript',
  ])('hands over a body of %s as text', (contentType) => {
    expect(withBody(contentType, Buffer.from('a=ö'))).toMatchObject({ body: 'a=ö', isBase64Encoded: false });
  });

  it.each([
    'application/octet-stream',
    'image/png',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    undefined,
  ])('hands over a body of %s as base64', (contentType) => {
    const body = Uint8Array.of(0, 255, 128);

    expect(withBody(contentType, body)).toMatchObject({ body: 'AP+A', isBase64Encoded: true });
  });

  it('takes any name for a header or a parameter', () => {
    const event = toProxyEvent(
      { ...request, query: 'constructor=1&__proto__=2&__proto__=3', headers: [['toString', 'x']] },
      details,
    );

    expect(Object.entries(event.queryStringParameters ?? {})).toEqual([
      ['constructor', '1'],
      ['__proto__', '2,3'],
    ]);
    expect(event.headers).toEqual({ tostring: 'x' });
  });
});
