import { describe, expect, it } from 'vitest';
import { preflightAnswer, withCors } from './cors.js';

const SHOP = 'https://shop.example.com';
const cors = {
  allowOrigins: [SHOP],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization', 'content-type'],
  exposeHeaders: ['etag'],
  maxAge: 300,
  allowCredentials: true,
};
const asked = { origin: SHOP, 'access-control-request-method': 'POST' };

describe('a preflight request', () => {
  it('is answered with what a page of an allowed origin may do', () => {
    const answer = preflightAnswer(cors, 'OPTIONS', asked);

    expect(answer?.status).toBe(204);
    expect(Object.fromEntries(answer?.headers ?? [])).toEqual({
      'access-control-allow-origin': SHOP,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-expose-headers': 'etag',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '300',
    });
  });

  it('is answered without a word to any other origin', () => {
    const answer = preflightAnswer(cors, 'OPTIONS', { ...asked, origin: 'https://shop.example.com.evil.example' });

    expect(answer?.status).toBe(204);
    expect([...(answer?.headers ?? [])]).toEqual([]);
  });

  it('says nothing of what is not configured', () => {
    const answer = preflightAnswer({ allowOrigins: ['*'] }, 'OPTIONS', asked);

    expect(Object.fromEntries(answer?.headers ?? [])).toEqual({ 'access-control-allow-origin': '*' });
  });

  it.each([
    ['GET', asked],
    ['OPTIONS', { origin: SHOP }],
    ['OPTIONS', { 'access-control-request-method': 'POST' }],
  ])('is none when it is %s with %j', (method, headers) => {
    expect(preflightAnswer(cors, method, { ...headers })).toBeUndefined();
  });
});

describe('an answer', () => {
  const originOf = (allowOrigins: string[], origin: string | undefined) =>
    withCors(new Response(), { allowOrigins }, origin).headers.get('access-control-allow-origin');

  it('may be read by a page of an allowed origin', () => {
    expect(originOf([SHOP], SHOP)).toBe(SHOP);
    expect(originOf(['*'], SHOP)).toBe('*');
    expect(originOf(['https://*'], SHOP)).toBe(SHOP);
    expect(originOf(['http://*'], SHOP)).toBeNull();
    expect(originOf([SHOP], 'https://other.example.com')).toBeNull();
    expect(originOf([SHOP], undefined)).toBeNull();
  });

  it('says what the gateway says, and not what the function does', () => {
    const headers = { 'Access-Control-Allow-Origin': '*', 'access-control-allow-methods': '*', etag: '"1"' };

    const answer = withCors(new Response(null, { headers }), cors, 'https://other.example.com');

    expect([...answer.headers.keys()]).toEqual(['etag']);
  });
});
