import { expect, test } from 'vitest';
import { purchase } from './diagrams/purchase.test.fixture.js';
import { endPattern, stepPattern } from './patterns.js';

test('the rules of a saga that has everything are what they were before', async () => {
  const steps = ['reserve', 'approve', 'book', 'charge', 'ship', 'issue', 'notify'] as const;
  const rules = Object.fromEntries(steps.map((name) => [name, stepPattern(purchase, name, 'shop')]));

  const text = JSON.stringify({ ...rules, end: endPattern(purchase, 'shop') }, undefined, 2);
  await expect(`${text}\n`).toMatchFileSnapshot('patterns.test.golden.txt');
});
