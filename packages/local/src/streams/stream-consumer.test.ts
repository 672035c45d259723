import { InvalidArgumentError } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { completeConsumers } from './stream-consumer.js';

const invoke = () => undefined;

describe('completeConsumers', () => {
  it('fills in what Lambda would', () => {
    expect(completeConsumers([{ name: 'publisher', invoke }])).toEqual([
      {
        name: 'publisher',
        invoke,
        batchSize: 100,
        windowSeconds: 0,
        retries: 10,
        bisect: false,
        start: 'TRIM_HORIZON',
      },
    ]);
  });

  it.each([
    [{ batchSize: 0 }, 'The batch size of function "publisher" is 0. Set it to a whole number from 1 to 10,000.'],
    [{ batchSize: 10_001 }, 'The batch size of function "publisher" is 10001.'],
    [{ batchSize: 1.5 }, 'The batch size of function "publisher" is 1.5.'],
    [
      { retries: -1 },
      'The number of retries of function "publisher" is -1. Set it to a whole number from 0 to 10,000.',
    ],
    [{ windowSeconds: 301 }, 'The window of function "publisher" is 301 seconds. Set it to a number from 0 to 300.'],
    [{ windowSeconds: Number.NaN }, 'The window of function "publisher" is NaN seconds.'],
    [{ retries: Number.NaN }, 'The number of retries of function "publisher" is NaN.'],
  ])('refuses %o', (setting, message) => {
    const complete = () => completeConsumers([{ name: 'publisher', invoke, ...setting }]);

    expect(complete).toThrow(InvalidArgumentError);
    expect(complete).toThrow(message);
  });

  it('refuses two consumers of one name, whose positions would be one', () => {
    const twins = [
      { name: 'publisher', invoke },
      { name: 'publisher', invoke },
    ];

    expect(() => completeConsumers(twins)).toThrow('Two functions are named "publisher". Rename one of them.');
  });
});
