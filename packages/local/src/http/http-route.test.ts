import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bySpecificity, matchRoute, parseRoute } from './http-route.js';

describe('matchRoute', () => {
  it.each<[route: string, method: string, segments: string[], parameters: object | undefined]>([
    ['GET /', 'GET', [], {}],
    ['GET /', 'GET', ['orders'], undefined],
    ['GET /orders', 'GET', ['orders'], {}],
    ['GET /orders', 'POST', ['orders'], undefined],
    ['GET /orders', 'GET', ['Orders'], undefined],
    ['GET /orders', 'GET', ['orders', ''], undefined],
    ['ANY /orders', 'DELETE', ['orders'], {}],
    ['GET /orders/{id}', 'GET', ['orders', '42'], { id: '42' }],
    ['GET /orders/{id}', 'GET', ['orders'], undefined],
    ['GET /orders/{id}', 'GET', ['orders', ''], undefined],
    ['GET /orders/{id}', 'GET', ['orders', '42', 'lines'], undefined],
    ['GET /{kind}/{id}/lines', 'GET', ['orders', '42', 'lines'], { kind: 'orders', id: '42' }],
    ['GET /files/{path+}', 'GET', ['files', 'a', 'b.txt'], { path: 'a/b.txt' }],
    ['GET /files/{path+}', 'GET', ['files'], undefined],
    ['GET /files/{path+}', 'GET', ['files', ''], undefined],
    ['ANY /{proxy+}', 'GET', ['any', 'where'], { proxy: 'any/where' }],
    ['ANY /{proxy+}', 'GET', [], { proxy: '' }],
    ['$default', 'PATCH', ['any', 'where'], {}],
  ])('%s takes %s %j with %j', (route, method, segments, parameters) => {
    expect(matchRoute(parseRoute(route), method, segments)).toEqual(parameters);
  });
});

describe('bySpecificity', () => {
  it('puts text before variables, variables before greedy ones, a method before ANY, and $default last', () => {
    const specificFirst = [
      'GET /pets/dog/1',
      'GET /pets/dog/{id}',
      'ANY /pets/dog/{id}',
      'GET /pets/{kind}/1',
      'GET /pets/{proxy+}',
      'ANY /{proxy+}',
      '$default',
    ];

    const inAnyOrder = fc.shuffledSubarray(specificFirst, { minLength: specificFirst.length });

    fc.assert(
      fc.property(inAnyOrder, (keys) => {
        const sorted = keys.map(parseRoute).sort(bySpecificity);
        expect(sorted.map(({ key }) => key)).toEqual(specificFirst);
      }),
    );
  });
});

describe('parseRoute', () => {
  it.each([
    'orders',
    'GET orders',
    'FETCH /orders',
    'get /orders',
    'GET /orders/',
    'GET //x',
    'GET /a/{b',
    'GET /{a+}/b',
    'GET /a b',
    '',
  ])('refuses "%s"', (key) => {
    expect(() => parseRoute(key)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
