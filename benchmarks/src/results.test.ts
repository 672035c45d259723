import { expect, test } from 'vitest';
import { resultOf, toJsonLine } from './results.js';

const result = {
  row: 'race-100',
  system: 'raw',
  endpoint: 'dynamodb-local',
  wallMs: 12.34567,
  cpuMs: 0.1234567,
  requests: 14.1,
  readUnits: 1_044.5,
  writeUnits: 7.066,
} as const;

test('a line of JSON has the keys of a result, and no noise', () => {
  expect(JSON.parse(toJsonLine(result))).toEqual({
    ...result,
    wallMs: 12.35,
    cpuMs: 0.1235,
    writeUnits: 7.07,
  });
});

test('a result is found by row, system and endpoint', () => {
  expect(resultOf([result], 'race-100', 'raw')).toBe(result);
  expect(resultOf([result], 'race-100', 'raw', 'stub')).toBeUndefined();
});
