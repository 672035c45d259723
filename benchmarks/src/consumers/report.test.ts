import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatConsumers } from './report.js';
import type { ConsumerRow } from './row.js';

const row: ConsumerRow = {
  name: 'publish',
  title: 'on a bus',
  endpoint: 'stub',
  unit: 'entries',
  consumers: () => expect.fail('a report prepares nothing'),
};
const result = {
  row: 'publish',
  endpoint: 'stub',
  unit: 'entries',
  cpuMs: 50,
  requests: 150,
  readUnits: 0,
  writeUnits: 0,
  writes: 0,
} as const;

test('a report has the rate of each consumer, and beside the other one', () => {
  const results = [
    { ...result, system: 'everfold', wallMs: 150 },
    { ...result, system: 'raw', wallMs: 100 },
  ] as const;

  const lines = stripVTControlCharacters(formatConsumers([row], results)).split('\n');

  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(
    expect.arrayContaining([
      ['publish', 'on a bus; entries a second'],
      ['everfold', '10,000', '0.67×', '150.0', '50.00', '150', '0', '0', '0'],
      ['raw', '15,000', '1.00×', '100.0', '50.00', '150', '0', '0', '0'],
    ]),
  );
});
