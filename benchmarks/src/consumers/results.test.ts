import { expect, test } from 'vitest';
import { toConsumerLine } from './results.js';

const result = {
  row: 'project-in-row',
  system: 'everfold',
  endpoint: 'dynamodb-local',
  unit: 'events',
  wallMs: 300.123456,
  cpuMs: 123.456789,
  requests: 101,
  readUnits: 100,
  writeUnits: 100,
  writes: 100,
} as const;

const { unit: _unit, writes: _writes, ...common } = { ...result, wallMs: 300.1, cpuMs: 123.5 };

test('a line of JSON of a projection has events a second, and the writes of a batch', () => {
  expect(JSON.parse(toConsumerLine(result))).toEqual({ ...common, eventsPerSecond: 4_998, writesPerBatch: 100 });
});

test('a line of JSON of a publisher has entries a second, for it writes nothing', () => {
  expect(JSON.parse(toConsumerLine({ ...result, unit: 'entries' }))).toEqual({ ...common, entriesPerSecond: 4_998 });
});
