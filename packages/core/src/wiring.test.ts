import { describe, expect, test } from 'vitest';
import { defineFunctions, type FunctionDefinition, rateMs, type Trigger } from './wiring.js';

const entry = new URL('file:///functions/place-order.js');

function fn(name: string, trigger: Trigger): FunctionDefinition {
  return { name, entry, trigger };
}

describe('defineFunctions', () => {
  test('gives the functions back in their order', () => {
    const functions = [
      fn('place-order', { kind: 'http', route: 'POST /orders' }),
      fn('show-order', { kind: 'http', route: 'GET /orders/{id}' }),
      fn('list-orders', { kind: 'http', route: 'GET /orders', scopes: ['orders/staff', 'urn:shop:orders'] }),
      fn('project-orders', { kind: 'stream', batchSize: 10 }),
      fn('publish', { kind: 'stream' }),
      fn('reserve', { kind: 'bus', pattern: { 'detail-type': ['OrderPlaced'] } }),
      fn('sweep', { kind: 'timer', every: '1m' }),
      fn('connect', { kind: 'socket', route: '$connect' }),
      fn('talk', { kind: 'socket', route: 'say' }),
    ];

    expect(defineFunctions(functions)).toEqual(functions);
  });

  test('refuses two functions of one name', () => {
    expect(() => defineFunctions([fn('publish', { kind: 'stream' }), fn('publish', { kind: 'stream' })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"publish"') }),
    );
  });

  test('refuses two functions of one route', () => {
    const route = 'POST /orders';

    expect(() => defineFunctions([fn('a', { kind: 'http', route }), fn('b', { kind: 'http', route })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"POST /orders"') }),
    );
  });

  test('refuses two functions of one route of a WebSocket API', () => {
    const route = '$connect';

    expect(() => defineFunctions([fn('a', { kind: 'socket', route }), fn('b', { kind: 'socket', route })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"$connect"') }),
    );
  });

  test.each(['', '$conect', '$', 'say it'])('refuses the route "%s" of a WebSocket API', (route) => {
    expect(() => defineFunctions([fn('a', { kind: 'socket', route })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`"${route}"`) }),
    );
  });

  test.each(['', 'place order', 'place_order', 'bestellung-ö'])('refuses the name "%s"', (name) => {
    expect(() => defineFunctions([fn(name, { kind: 'stream' })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`"${name}"`) }),
    );
  });

  test.each([[[]], [['orders/staff', 'two words']], [['']], [['"quoted"']]])(
    'refuses a route that asks for scopes %j: no token could have one',
    (scopes) => {
      expect(() => defineFunctions([fn('a', { kind: 'http', route: 'GET /orders', scopes })])).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"GET /orders"') }),
      );
    },
  );

  test('refuses a timer at a rate that EventBridge does not have', () => {
    expect(() => defineFunctions([fn('sweep', { kind: 'timer', every: '0m' })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"0m"') }),
    );
  });
});

describe('rateMs', () => {
  test('knows minutes, hours and days', () => {
    expect([rateMs('1m'), rateMs('90m'), rateMs('2h'), rateMs('1d')]).toEqual([
      60_000, 5_400_000, 7_200_000, 86_400_000,
    ]);
  });

  test.each(['1.5m', '-1m', '1e3m', '01m', '1000000m'] as const)('refuses %s', (rate) => {
    expect(() => rateMs(rate)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
