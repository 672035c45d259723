import { expect, test } from 'vitest';
import { bareFor } from './bare-handlers.js';
import { type BundleResult, besideBare, judgeBundles } from './results.js';

const result = (name: string, bare: string, cpuMs: number, own = 0): BundleResult => ({
  name,
  bare,
  bytes: { own, awsSdk: 300_000, libraries: 20_000 },
  plain: { wallMs: cpuMs, cpuMs },
});

const bareOnes = [
  result('bare-dynamodb', 'bare-dynamodb', 100),
  result('bare-dynamodb-scheduler', 'bare-dynamodb-scheduler', 120),
];

test('an import is compared with that of the bare handler which has the same clients', () => {
  const ship = result('ship-order', 'bare-dynamodb-scheduler', 150);

  expect(besideBare([...bareOnes, ship], ship)).toBe(1.25);
  expect(besideBare([...bareOnes, ship], ship, { bare: 'bare-dynamodb' })).toBe(1.5);
  expect(besideBare([...bareOnes, ship], ship, { mode: 'cached' })).toBeUndefined();
});

test('a target is met when the worst of the bundles meets it', () => {
  const get = result('get-order', 'bare-dynamodb', 110, 20_000);
  const ship = result('ship-order', 'bare-dynamodb-scheduler', 156, 75_000);

  expect(judgeBundles([...bareOnes, get, ship])).toEqual([
    { text: 'own code beside 60 KB: ship-order', limit: 'at most 1.00×', measured: 1.25, isMet: false },
    {
      text: 'import beside a bare handler with the same clients: ship-order',
      limit: 'at most 1.30×',
      measured: 1.3,
      isMet: true,
    },
    {
      text: 'import beside a bare handler on DynamoDB: ship-order',
      limit: 'at most 1.30×',
      measured: 1.56,
      isMet: false,
    },
  ]);
  expect(judgeBundles(bareOnes)).toEqual([]);
});

test('the bare handler of a function has the clients for what it touches', () => {
  expect(bareFor({ readModels: 'read' })).toBe('dynamodb');
  expect(bareFor({ bus: 'put' })).toBe('eventbridge');
  expect(bareFor({ events: { read: true }, bus: 'put' })).toBe('dynamodb-eventbridge');
  expect(bareFor({ events: { read: true, write: ['order'] }, timers: 'set' })).toBe('dynamodb-scheduler');
});
