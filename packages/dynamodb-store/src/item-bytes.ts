import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * The size that DynamoDB limits and bills: UTF-8 bytes of names and values.
 * Source: Developer Guide, "DynamoDB item sizes and formats".
 *
 * @returns Bytes.
 *
 * @example
 * ```ts
 * itemBytes({ id: { S: '7' }, total: { N: '1250' } }); // 11
 * ```
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.SS !== undefined) return sum(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, ({ length }) => length);
  // A list and a map have three bytes, and one for each element.
  if (value.L !== undefined) return 3 + sum(value.L, (element) => 1 + valueBytes(element));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  // A boolean, or null.
  return 1;
}

/** About a byte for two digits, and one more. */
function numberBytes(digits: string): number {
  return Math.ceil(digits.length / 2) + 1;
}

function sum<T>(values: readonly T[], bytesOf: (value: T) => number): number {
  return values.reduce((bytes, value) => bytes + bytesOf(value), 0);
}
