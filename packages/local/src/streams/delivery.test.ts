import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../dead-letters.js';
import { deliver } from './delivery.js';
import type { SequencedRecord } from './source.js';
import { completeConsumers, type StreamConsumer } from './stream-consumer.js';

/** Everything a delivery touches, recorded. */
function setUp(invoke: StreamConsumer['invoke'], settings: Partial<StreamConsumer> = {}) {
  const batches: string[][] = [];
  const positions: string[] = [];
  const letters: DeadLetter[] = [];
  const waits: number[] = [];
  const warnings: string[] = [];
  const ending = new AbortController();
  const recording = (event: DynamoDBStreamEvent) => {
    batches.push(event.Records.map(sequenceOf));
    return invoke(event);
  };
  const [consumer] = completeConsumers([{ name: 'projector', ...settings, invoke: recording }]);
  if (!consumer) throw new Error('There is no consumer.');
  const clock = {
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
    },
  };
  const ports = {
    clock,
    random: () => 1,
    log: { warn: (message: string) => warnings.push(message) },
    deadLetters: { write: async (letter: DeadLetter) => void letters.push(letter) },
    signal: ending.signal,
  };
  const advance = async (last: SequencedRecord) => void positions.push(last.dynamodb.SequenceNumber);
  const run = (...sequences: readonly string[]) =>
    deliver(sequences.map(toRecord), { consumer, source: 'arn:stream', advance }, ports);
  return { batches, positions, letters, waits, warnings, ending, ports, run };
}

const toRecord = (SequenceNumber: string): SequencedRecord => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber, NewImage: { n: { N: SequenceNumber } } },
});

const sequenceOf = (record: { dynamodb?: { SequenceNumber?: string | undefined } | undefined }): string =>
  record.dynamodb?.SequenceNumber ?? '';

/** A function that fails so many times and then takes everything. */
function failing(times: number) {
  let left = times;
  return () => {
    left -= 1;
    if (left >= 0) throw new Error('not yet');
  };
}

/** A function that reports the first record of these as failed, each time. */
const refusing =
  (...poison: readonly string[]) =>
  ({ Records }: DynamoDBStreamEvent) => {
    const bad = Records.map(sequenceOf).find((sequence) => poison.includes(sequence));
    return { batchItemFailures: bad === undefined ? [] : [{ itemIdentifier: bad }] };
  };

describe('deliver', () => {
  it('hands a batch over once when it is taken, and moves the position to its end', async () => {
    const { run, batches, positions, waits } = setUp(() => undefined);

    await run('1', '2', '3');

    expect(batches).toEqual([['1', '2', '3']]);
    expect(positions).toEqual(['3']);
    expect(waits).toEqual([]);
  });

  it('tries a batch again, ever more slowly, until it is taken', async () => {
    const { run, batches, positions, waits, letters, warnings } = setUp(failing(3));

    await run('1', '2');

    expect(batches).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(positions).toEqual(['2']);
    expect(waits).toEqual([100, 100, 100, 100, 100, 100, 100]);
    expect(letters).toEqual([]);
    expect(warnings[0]).toBe(
      'Function "projector" failed with 2 records of arn:stream, attempt 1: Error: not yet. Trying again.',
    );
  });

  it('never waits longer than five seconds', async () => {
    const { run, waits } = setUp(failing(8));

    await run('1');

    const bounds = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(bounds.reduce((sum, bound) => sum + bound, 0));
  });

  it('moves past what was taken before it tries the rest again', async () => {
    let calls = 0;
    const { run, batches, positions } = setUp((event) => {
      calls += 1;
      return calls === 1 ? refusing('2')(event) : undefined;
    });

    await run('1', '2', '3');

    expect(batches).toEqual([
      ['1', '2', '3'],
      ['2', '3'],
    ]);
    expect(positions).toEqual(['1', '3']);
  });

  it('writes what it gave up, whole, to the dead letters, and only then moves past it', async () => {
    const { run, positions, letters, warnings } = setUp(refusing('2'), { retries: 2 });

    await run('1', '2', '3');

    expect(letters).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        function: 'projector',
        source: 'arn:stream',
        reason: 'it reported record 2 as failed',
        attempts: 3,
        payload: { Records: [toRecord('2'), toRecord('3')] },
      },
    ]);
    expect(positions).toEqual(['1', '3']);
    expect(warnings.at(-1)).toBe(
      'Function "projector" failed with 2 records of arn:stream, attempt 3: it reported record 2 as failed. Giving up 2: see the dead letters.',
    );
  });

  it('leaves the bad record alone when it may split', async () => {
    const { run, positions, letters } = setUp(refusing('2', '5'), { retries: 1, bisect: true });

    await run('1', '2', '3', '4', '5', '6');

    expect(letters.map(({ payload, attempts }) => ({ payload, attempts }))).toEqual([
      { payload: { Records: [toRecord('2')] }, attempts: 2 },
      { payload: { Records: [toRecord('5')] }, attempts: 2 },
    ]);
    expect(positions.at(-1)).toBe('6');
  });

  it('does not move past records whose dead letter could not be written', async () => {
    const { run, positions, letters, warnings, ports } = setUp(failing(1), { retries: 0 });
    const { write } = ports.deadLetters;
    let failures = 2;
    ports.deadLetters.write = async (letter) => {
      expect(positions).toEqual([]);
      failures -= 1;
      if (failures >= 0) throw new Error('disk full');
      await write(letter);
    };

    await run('1');

    expect(letters).toHaveLength(1);
    expect(positions).toEqual(['1']);
    expect(warnings).toContain('Dead letters could not be written (Error: disk full). Trying again until it works.');
  });

  it('gives up on a dead letter that cannot be written only when it is told to end, and keeps the position', async () => {
    const { run, positions, ending, ports } = setUp(failing(1), { retries: 0 });
    ports.deadLetters.write = async () => {
      ending.abort();
      throw new Error('disk full');
    };

    await expect(run('1')).rejects.toThrow('disk full');
    expect(positions).toEqual([]);
  });

  it('gives each attempt an event of its own', async () => {
    const seen: unknown[] = [];
    const { run } = setUp((event) => {
      seen.push(structuredClone(event.Records));
      for (const record of event.Records) delete record.dynamodb;
      if (seen.length === 1) throw new Error('after the damage');
    });

    await run('1');

    expect(seen).toEqual([[toRecord('1')], [toRecord('1')]]);
  });

  it('ends after the attempt in hand when it is told to, and keeps the position', async () => {
    const { run, batches, positions, letters, ending } = setUp((event) => {
      ending.abort();
      return refusing('2')(event);
    });

    await run('1', '2', '3');

    expect(batches).toEqual([['1', '2', '3']]);
    expect(positions).toEqual(['1']);
    expect(letters).toEqual([]);
  });

  it('takes a function that answers at once for one that answers later', async () => {
    const { run, positions } = setUp(() => ({ batchItemFailures: [] }));

    await run('1');

    expect(positions).toEqual(['1']);
  });
});
