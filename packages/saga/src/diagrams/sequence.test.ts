import { describe, expect, test } from 'vitest';
import { fulfilment } from '../fulfilment.test.fixture.js';
import { parseMermaid } from './mermaid.test.fixture.js';
import { outcomesOf, titleOf } from './outcomes.js';
import { purchase } from './purchase.test.fixture.js';
import { mermaidSequence } from './sequence.js';

describe('outcomesOf', () => {
  test('lists completion, optional waits, failures, timeouts and cancellations', () => {
    expect(outcomesOf(purchase)).toEqual([
      { kind: 'completed' },
      { kind: 'waited', step: 'approve' },
      { kind: 'failed', step: 'reserve', type: 'StockRejected' },
      { kind: 'failed', step: 'approve', type: 'OrderRefused' },
      { kind: 'failed', step: 'book', type: 'TruckRefused' },
      { kind: 'failed', step: 'charge', type: 'PaymentDeclined' },
      { kind: 'failed', step: 'ship', type: 'ShippingFailed' },
      { kind: 'timedOut', step: 'approve', type: 'OrderRefused' },
      { kind: 'timedOut', step: 'book' },
      { kind: 'timedOut', step: 'charge', type: 'PaymentDeclined' },
      { kind: 'cancelled', after: 'PaymentCaptured' },
      { kind: 'cancelled', after: 'ShipmentDispatched' },
    ]);
  });
});

describe('mermaidSequence', () => {
  test('draws each outcome of a saga that has everything as it did before, and as Mermaid can read it', async () => {
    const parts: string[] = [];
    for (const outcome of outcomesOf(purchase)) {
      const diagram = await mermaidSequence(purchase, outcome);
      expect(await parseMermaid(diagram)).toBe('sequence');
      parts.push(`## ${titleOf(outcome)}\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n`);
    }

    await expect(parts.join('\n')).toMatchFileSnapshot('sequence.test.golden.md');
  });

  test.each(outcomesOf(purchase).map((outcome) => [titleOf(outcome), outcome] as const))(
    'ends, or is parked: %s',
    async (_title, outcome) => {
      const diagram = await mermaidSequence(purchase, outcome);

      const ends = diagram.match(/: (OrderCompleted|OrderCancelled)$|parked for somebody/gm) ?? [];
      expect(ends).toEqual([expectedEnd(outcome)]);
    },
  );

  test('shows that who has no answer is fenced, makes its call void, and only then fails', async () => {
    const diagram = await mermaidSequence(fulfilment, { kind: 'timedOut', step: 'charge', type: 'PaymentDeclined' });

    const places = [
      'fenced (timeout)',
      'makes its call void',
      'PaymentDeclined',
      'InventoryReleased',
      'OrderCancelled',
    ];
    expect(
      places.map((text) => diagram.indexOf(text)).every((place, index, all) => place > (all[index - 1] ?? 0)),
    ).toBe(true);
  });

  test('refuses an outcome that the saga cannot come to', async () => {
    await expect(mermaidSequence(fulfilment, { kind: 'waited', step: 'pay' })).rejects.toThrow('has no step "pay"');
    await expect(mermaidSequence(fulfilment, { kind: 'failed', step: 'ship', type: 'Lost' })).rejects.toThrow(
      'has no failure "Lost" of step "ship"',
    );
    await expect(mermaidSequence(fulfilment, { kind: 'cancelled', after: 'OrderPlaced' })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    await expect(mermaidSequence(purchase, { kind: 'cancelled', after: 'Lost' })).rejects.toThrow(
      'succeeds with "Lost"',
    );
  });
});

function expectedEnd(outcome: ReturnType<typeof outcomesOf>[number]): string {
  if (outcome.kind === 'timedOut' && outcome.type === undefined) return 'parked for somebody';
  const isTooLate = outcome.kind === 'cancelled' && outcome.after === 'ShipmentDispatched';
  return outcome.kind === 'completed' || outcome.kind === 'waited' || isTooLate
    ? ': OrderCompleted'
    : ': OrderCancelled';
}
