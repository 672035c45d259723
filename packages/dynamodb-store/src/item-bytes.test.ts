import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { itemBytes } from './item-bytes.js';

describe('itemBytes', () => {
  test.each<[string, Record<string, AttributeValue>, number]>([
    ['nothing', {}, 0],
    ['names and strings in UTF-8', { ä: { S: '東a' } }, 2 + 4],
    ['an empty string', { a: { S: '' } }, 1],
    ['a number: half a byte a digit, and one more', { a: { N: '1' }, b: { N: '123' } }, 1 + 2 + 1 + 3],
    ['bytes', { a: { B: Uint8Array.of(1, 2, 3) } }, 1 + 3],
    ['a boolean and null', { a: { BOOL: true }, b: { NULL: true } }, 1 + 1 + 1 + 1],
    ['sets', { a: { SS: ['ab', 'ä'] }, b: { NS: ['1', '22'] }, c: { BS: [Uint8Array.of(1)] } }, 1 + 4 + 1 + 4 + 1 + 1],
    ['a list', { a: { L: [{ S: 'ab' }, { N: '1' }] } }, 1 + 3 + (1 + 2) + (1 + 2)],
    ['a map', { a: { M: { bc: { S: 'd' } } } }, 1 + 3 + (1 + 2 + 1)],
  ])('counts %s', (_name, counted, bytes) => {
    expect(itemBytes(counted)).toBe(bytes);
  });
});
