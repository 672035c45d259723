import { describe, expect, test } from 'vitest';
import { defineFunctions, type FunctionDefinition, type Trigger } from './wiring.js';

const entry = new URL('file:///functions/place-order.js');

function fn(name: string, trigger: Trigger): FunctionDefinition {
  return { name, entry, trigger };
}

describe('defineFunctions', () => {
  test('gives the functions back in their order', () => {
    const functions = [
      fn('place-order', { kind: 'http', route: 'POST /orders' }),
      fn('show-order', { kind: 'http', route: 'GET /orders/{id}' }),
      fn('project-orders', { kind: 'stream', batchSize: 10 }),
      fn('publish', { kind: 'stream' }),
      fn('reserve', { kind: 'bus', pattern: { 'detail-type': ['OrderPlaced'] } }),
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

  test.each(['', 'place order', 'place_order', 'bestellung-ö'])('refuses the name "%s"', (name) => {
    expect(() => defineFunctions([fn(name, { kind: 'stream' })])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`"${name}"`) }),
    );
  });
});
