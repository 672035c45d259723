import { describe, expect, test } from 'vitest';
import { deliver, of } from './play.test.fixture.js';

/* A step that another service runs, played. */

describe('a step under a contract', () => {
  test('waits for its answer, and goes on with it', async () => {
    const { run } = deliver();

    await run.when(of('Ordered')).thenWaiting('charge', { until: '2026-01-01T01:00:00.000Z' });
    await run.answer(of('Charged')).thenEvents(['Ordered', 'Charged', 'Packed', 'Sent', 'Delivered']);
  });

  test('is answered before its trigger arrived here', async () => {
    const { run } = deliver();

    await run.given(of('Charged')).when(of('Ordered')).thenLedger('charge', 'ok');
    await run.thenEnded('Delivered');
  });

  test('is told twice what it has heard', async () => {
    const { run } = deliver();

    await run
      .duplicateEverything()
      .given(of('Ordered'))
      .answer(of('Charged'))
      .answer(of('Charged'))
      .thenEnded('Delivered');
  });

  test.each([
    ['Charged', 'Refunded'],
    ['Refunded', 'Charged'],
  ] as const)('is undone by its service, whatever is heard first: %s, %s', async (first, second) => {
    const { run, standing } = deliver();

    run.when(of('Ordered')).cancel(of('Dropped'));
    await run.answer(of(first)).answer(of(second)).thenLedger('charge', 'undone');
    await run.thenEnded('OrderOff');
    expect(standing()).toEqual([]);
  });

  test('is fenced at its deadline, made void at its service, and failed', async () => {
    const { run, bank } = deliver();

    await run.when(of('Ordered')).advance('1h').thenEnded('OrderOff');
    expect(bank.calls).toEqual(['void delivery/charge/o1']);
  });

  test.each([['Charged'], ['Refunded'], ['Declined']] as const)(
    'that was made void may be heard of late: %s changes nothing',
    async (type) => {
      const { run } = deliver();

      await run.given(of('Ordered')).advance('1h').answer(of(type)).thenLedger('charge', 'failed');
      await run.thenEnded('OrderOff');
    },
  );

  test('whose service contradicts itself is refused', async () => {
    const { run } = deliver();

    await run
      .given(of('Ordered'))
      .answer(of('Declined'))
      .answer(of('Charged'))
      .thenRefuses('charge', 'CONTRACT_BROKEN');
    await run.thenEnded('OrderOff');
  });

  test('is not ended before the step behind it is taken back', async () => {
    const { run, warehouse, carrier, standing } = deliver();
    carrier.refused.add('delivery/send/o1');

    run.throwing('pack', 'undo').when(of('Ordered')).answer(of('Charged')).answer(of('Refunded'));
    await run.thenUnended();
    expect([...warehouse.standings.values()]).toEqual(['stands']);
    await run.advance('1m').thenEnded('OrderOff');
    expect(standing()).toEqual([]);
  });
});
