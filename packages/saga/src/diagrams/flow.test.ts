import { describe, expect, test } from 'vitest';
import { fulfilment } from '../fulfilment.test.fixture.js';
import { mermaidFlow } from './flow.js';
import { parseMermaid } from './mermaid.test.fixture.js';
import { purchase } from './purchase.test.fixture.js';

/** The lines of a diagram that speak of something. */
function linesAbout(diagram: string, what: string): string[] {
  return diagram.split('\n').flatMap((line) => (line.includes(what) ? [line.trim()] : []));
}

describe('mermaidFlow', () => {
  test('draws a saga that has everything as it did before', async () => {
    await expect(`${mermaidFlow(purchase)}\n`).toMatchFileSnapshot('flow.test.golden.mmd');
  });

  test('draws flowcharts to Mermaid itself, which refuses what is none', async () => {
    await expect(parseMermaid('flowchart TD\n  a -->')).rejects.toThrow('Parse error');

    expect(await parseMermaid(mermaidFlow(purchase))).toBe('flowchart-v2');
    expect(await parseMermaid(mermaidFlow(fulfilment))).toBe('flowchart-v2');
  });

  test('leads an optional wait through the question whether it is needed', () => {
    expect(linesAbout(mermaidFlow(purchase), 'when_approve')).toEqual([
      'when_approve{"approve<br/>needed?"}',
      'when_approve -->|"yes"| step_approve',
      'step_reserve -->|"StockReserved"| when_approve',
      'when_approve -->|"no"| all_charge',
    ]);
  });

  test('leads failures and compensations back, never past the pivot', () => {
    expect(linesAbout(mermaidFlow(fulfilment), '-.->')).toEqual([
      'step_charge -.->|"PaymentDeclined"| undo_reserve',
      'undo_charge -.->|"PaymentRefunded"| undo_reserve',
      'step_ship -.->|"ShippingFailed"| undo_charge',
      'step_reserve -.->|"InventoryRejected"| cancelled',
      'undo_reserve -.->|"InventoryReleased"| cancelled',
    ]);
  });

  test('shows names that would mean something to Mermaid as they are', async () => {
    const steps = fulfilment.steps.map((step) => ({ ...step, by: 'the "end"; <b>' }));
    const diagram = mermaidFlow({ ...fulfilment, steps });

    expect(linesAbout(diagram, 'step_reserve[')).toEqual(['step_reserve["reserve<br/>the #34;end#34;#59; #60;b#62;"]']);
    expect(await parseMermaid(diagram)).toBe('flowchart-v2');
  });
});
