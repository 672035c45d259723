import { describe, expect, it } from 'vitest';
import { ShardWalk } from './shard-walk.js';
import type { Position, SequencedRecord } from './source.js';

/** One answer of the API: records, or an error. */
type Answer = readonly string[] | Error;

const fail = (name: string, message = name) => Object.assign(new Error(message), { name });

function setUp(answers: readonly Answer[], position: Position = 'TRIM_HORIZON') {
  const positions: Position[] = [];
  const warnings: string[] = [];
  const sleeps: number[] = [];
  const left = [...answers];
  const ending = new AbortController();
  const walk = new ShardWalk('shard-1', position, {
    api: {
      streamArn: 'arn:stream',
      getIterator: async (_shardId, from) => {
        positions.push(from);
        return 'iterator';
      },
      getRecords: async () => {
        const answer = left.shift() ?? [];
        if (answer instanceof Error) throw answer;
        return { records: answer.map(toRecord), next: 'iterator' };
      },
    },
    clock: { now: () => 0, sleep: async (milliseconds) => void sleeps.push(milliseconds) },
    random: () => 1,
    log: { warn: (message) => warnings.push(message) },
    idleMs: 30,
    signal: ending.signal,
  });
  return { walk, positions, warnings, sleeps, ending };
}

const toRecord = (SequenceNumber: string): SequencedRecord => ({ dynamodb: { SequenceNumber } });

describe('ShardWalk', () => {
  it('takes a new iterator after the last record when the old one has expired', async () => {
    const { walk, positions, warnings } = setUp([['1', '2'], fail('ExpiredIteratorException'), ['3']]);

    const pages = [await walk.next(), await walk.next()];

    expect(pages.map(({ records }) => records)).toEqual([[toRecord('1'), toRecord('2')], [toRecord('3')]]);
    expect(positions).toEqual(['TRIM_HORIZON', { after: '2' }]);
    expect(warnings).toEqual([]);
  });

  it('says what is passed over when an iterator at the end expires before any record came', async () => {
    const { walk, positions, warnings } = setUp([fail('ExpiredIteratorException'), ['1']], 'LATEST');

    await walk.begin();
    await walk.next();

    expect(positions).toEqual(['LATEST', 'LATEST']);
    expect(warnings).toEqual([
      'Nothing was read from shard shard-1 of arn:stream for 15 minutes: what was written meanwhile is passed over.',
    ]);
  });

  it('goes on at the oldest record, saying so, when the next one is gone', async () => {
    const { walk, positions, warnings } = setUp([fail('TrimmedDataAccessException'), ['9']], { after: '2' });

    expect(await walk.next()).toEqual({ records: [toRecord('9')], isLast: false });
    expect(positions).toEqual([{ after: '2' }, 'TRIM_HORIZON']);
    expect(warnings).toEqual([
      'Records of shard shard-1 of arn:stream are gone before they were read, being older than a day. Reading its oldest ones.',
    ]);
  });

  it('asks anew for the oldest record, without a word, when the horizon has moved since it asked', async () => {
    const { walk, positions, warnings } = setUp([fail('TrimmedDataAccessException'), ['9']]);

    expect(await walk.next()).toEqual({ records: [toRecord('9')], isLast: false });
    expect(positions).toEqual(['TRIM_HORIZON', 'TRIM_HORIZON']);
    expect(warnings).toEqual([]);
  });

  it('says so when the oldest records go faster than it can ask for them', async () => {
    const trimmed = fail('TrimmedDataAccessException');
    const { walk, warnings } = setUp([trimmed, trimmed, ['9']]);

    expect(await walk.next()).toEqual({ records: [toRecord('9')], isLast: false });
    expect(warnings).toEqual([expect.stringContaining('are gone before they were read')]);
  });

  it('tries again ever more slowly, saying so once, and keeps its iterator', async () => {
    const busy = fail('LimitExceededException', 'Rate exceeded');
    const { walk, positions, warnings, sleeps } = setUp([busy, busy, busy, ['1']]);

    expect((await walk.next()).records).toEqual([toRecord('1')]);
    expect(sleeps).toEqual([100, 100, 100, 100, 100, 100, 100]);
    expect(positions).toEqual(['TRIM_HORIZON']);
    expect(warnings).toEqual([
      'Reading shard shard-1 of arn:stream failed (LimitExceededException: Rate exceeded). Trying again until it works.',
    ]);
  });

  it('fails when the shard is gone', async () => {
    const { walk } = setUp([fail('ResourceNotFoundException')]);

    await expect(walk.next()).rejects.toMatchObject({
      code: 'SHARD_LOST',
      shardId: 'shard-1',
      streamArn: 'arn:stream',
    });
  });

  it('ends with an empty page when it is told to while it tries again', async () => {
    const { walk, ending } = setUp([fail('InternalServerError')]);
    const page = walk.next();
    ending.abort();

    expect(await page).toEqual({ records: [], isLast: false });
  });
});
