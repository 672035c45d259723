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

  test('is asked to take its work back when the run is cancelled in time', async () => {
    const { run } = deliver();

    run.crash('pack', 'before run', 3).given(of('Ordered'), of('Charged')).cancel(of('Dropped'));
    await run.thenEvents([
      of('Dropped'),
      { type: 'Broken', data: { orderId: 'o1' } },
      { type: 'RefundAsked', data: { orderId: 'o1', because: 'Broken', wasCharged: true } },
    ]);
    await run.thenUnended();
    await run.answer(of('Refunded')).thenEnded('OrderOff');
  });

  test('is asked nothing when the run is cancelled too late: the run completes, and its work stands', async () => {
    const { run } = deliver();

    await run
      .given(of('Ordered'))
      .answer(of('Charged'))
      .cancel(of('Dropped'))
      .thenEvents(['Charged', 'Packed', 'Sent', 'Delivered', 'Dropped']);
    await run.thenLedger('charge', 'ok');
    await run.thenEnded('Delivered');
  });

  test('that had not begun is asked as well, answers with a failure, and never begins', async () => {
    const { run } = deliver();

    await run
      .dropOnce('Ordered')
      .given(of('Ordered'))
      .cancel(of('Dropped'))
      .thenEvents([
        of('Dropped'),
        { type: 'RefundAsked', data: { orderId: 'o1', because: 'Dropped', wasCharged: false } },
      ]);
    await run.thenUnended();
    await run.answer(of('Declined')).redeliver().thenEnded('OrderOff');
    await run.thenLedger('pack', 'tombstone');
  });

  test('is asked once, whatever is delivered again', async () => {
    const { run } = deliver();

    run.duplicateEverything().when(of('Ordered')).cancel(of('Dropped')).redeliver();
    await run.thenEvents(['Ordered', 'Dropped', 'RefundAsked']);
  });

  test('keeps its deadline when it does not answer to that', async () => {
    const { run, bank } = deliver();

    run.when(of('Ordered')).cancel(of('Dropped')).advance('1h');
    await run.thenLedger('charge', 'failed');
    await run.thenEnded('OrderOff');
    expect(bank.calls).toEqual(['void delivery/charge/o1']);
  });

  test('whose service takes its work back unasked is refused, and what follows stands', async () => {
    const { run } = deliver();

    run.given(of('Ordered')).answer(of('Charged')).answer(of('Refunded'));
    await run.thenRefuses('charge', 'CONTRACT_BROKEN');
    await run.thenLedger('charge', 'ok');
    await run.thenEnded('Delivered');
  });

  test.each(Array.from({ length: 12 }, (_, seed) => [seed]))(
    'is asked only where all of its run is taken back, in whatever order things are heard: %i',
    async (seed) => {
      const { run } = deliver();

      run.shuffle(seed).duplicateEverything().when(of('Ordered')).answer(of('Charged')).when(of('Dropped'));
      const timeline = await run.timeline();
      const isAsked = timeline.includes('RefundAsked');
      if (isAsked) await run.answer(of('Refunded')).redeliver().thenEnded('OrderOff');
      else await run.thenEnded('Delivered');
      await run.thenLedger('charge', isAsked ? 'undone' : 'ok');
    },
  );

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

  test('is asked only when the step behind it is taken back', async () => {
    const { run, warehouse, carrier, standing } = deliver();
    carrier.refused.add('delivery/send/o1');

    run.throwing('pack', 'undo').when(of('Ordered')).answer(of('Charged'));
    await run.thenEvents(['Ordered', 'Charged', 'Packed', 'Lost']);
    expect([...warehouse.standings.values()]).toEqual(['stands']);
    await run.advance('1m').thenEvents(['Ordered', 'Charged', 'Packed', 'Lost', 'Unpacked', 'RefundAsked']);
    await run.answer(of('Refunded')).thenEnded('OrderOff');
    expect(standing()).toEqual([]);
  });
});
