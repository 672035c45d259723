import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { queued } from './queued.js';

const context = { functionName: 'reserve-stock' } as Context;
const message = (body: string) => ({ body }) as SQSEvent['Records'][number];

describe('a queued handler', () => {
  it('gets the event of the rule, and the context', async () => {
    const calls: unknown[] = [];
    const handler = queued(async (...given) => void calls.push(given));

    await handler({ Records: [message('{"detail-type":"OrderPlaced"}')] }, context);

    expect(calls).toEqual([[{ 'detail-type': 'OrderPlaced' }, context]]);
  });

  it('throws what the handler throws, so that the message comes back', async () => {
    const handler = queued(async () => {
      throw new Error('no store');
    });

    await expect(handler({ Records: [message('{}')] }, context)).rejects.toThrow('no store');
  });

  it.each([0, 2])('refuses a batch of %i messages, of which one could not fail alone', async (count) => {
    const handler = queued(async () => {});

    await expect(handler({ Records: Array.from({ length: count }, () => message('{}')) }, context)).rejects.toThrow(
      `handed over ${count} messages. Set the batch size of its mapping to 1.`,
    );
  });
});
