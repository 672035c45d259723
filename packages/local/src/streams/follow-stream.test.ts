import type { Clock } from '@everfold/core';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetter } from '../dead-letters.js';
import { type CheckpointKey, InMemoryCheckpoints } from './checkpoints.js';
import { type FollowedStream, followStream } from './follow-stream.js';
import { RecordFeed } from './record-feed.js';
import { ShardLostError } from './shard-lost-error.js';
import type { Cursor, Position, SequencedRecord, Shard, StreamSource } from './source.js';
import type { StreamConsumer } from './stream-consumer.js';

/** A clock that never keeps anybody waiting. */
const clock: Clock = {
  now: () => Date.parse('2026-01-01T00:00:00Z'),
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

const toRecord = (SequenceNumber: string): SequencedRecord => ({ dynamodb: { SequenceNumber } });

/** A stream of shards that a test fills, closes and removes. */
class ShardedStream implements StreamSource {
  readonly name = 'arn:sharded';
  readonly #shards = new Map<string, { parent: string | undefined; sequences: string[]; isClosed: boolean }>();
  isListed = true;
  /** How often the shards were listed. */
  listings = 0;
  /** What reading fails with. */
  failure: Error | undefined;

  write(id: string, ...sequences: readonly string[]): void {
    this.#shards.get(id)?.sequences.push(...sequences);
  }

  add(id: string, parent?: string): this {
    this.#shards.set(id, { parent, sequences: [], isClosed: false });
    return this;
  }

  close(id: string): void {
    const shard = this.#shards.get(id);
    if (shard) shard.isClosed = true;
  }

  remove(id: string): void {
    this.#shards.delete(id);
  }

  connect(signal: AbortSignal) {
    return {
      shards: async (): Promise<readonly Shard[]> => {
        this.listings += 1;
        if (!this.isListed) throw new Error('throttled');
        return [...this.#shards].map(([id, { parent, isClosed }]) => ({
          id,
          parent,
          isClosed,
          open: async (position) => this.#open(id, position, signal),
        }));
      },
    };
  }

  #open(id: string, position: Position, signal: AbortSignal): Cursor {
    const { sequences = [] } = this.#shards.get(id) ?? {};
    const starts = { TRIM_HORIZON: 0, LATEST: sequences.length };
    let index = typeof position === 'string' ? starts[position] : sequences.indexOf(position.after) + 1;
    return {
      read: async (limit) => {
        await new Promise((resolve) => setImmediate(resolve));
        const shard = this.#shards.get(id);
        if (this.failure) throw this.failure;
        if (!shard) throw new ShardLostError(id, this.name);
        if (signal.aborted) return { records: [], isLast: false };
        const records = shard.sequences.slice(index, index + limit).map(toRecord);
        index += records.length;
        return { records, isLast: shard.isClosed && index === shard.sequences.length };
      },
    };
  }
}

/** A consumer that notes what it gets. */
function collector(name: string, settings: Partial<StreamConsumer> = {}) {
  const seen: string[] = [];
  const batches: number[] = [];
  const invoke = async (event: DynamoDBStreamEvent) => {
    const answer = await settings.invoke?.(event);
    batches.push(event.Records.length);
    seen.push(...event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? ''));
    return answer;
  };
  return { seen, batches, consumer: { name, ...settings, invoke } };
}

const running: FollowedStream[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((followed) => followed.stop()));
});

async function follow(
  source: StreamSource,
  consumers: readonly StreamConsumer[],
  { checkpoints = new InMemoryCheckpoints(), discoverMs = 1_000 } = {},
) {
  const letters: DeadLetter[] = [];
  const warnings: string[] = [];
  const followed = await followStream({
    source,
    consumers,
    checkpoints,
    discoverMs,
    clock,
    random: () => 0,
    log: { warn: (message) => void warnings.push(message) },
    deadLetters: { write: async (letter) => void letters.push(letter) },
  });
  running.push(followed);
  return { followed, letters, warnings };
}

/** As many turns of the event loop as any delivery of these tests takes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('followStream', () => {
  it('delivers what was written before and after, in batches of the size asked for', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1', '2', '3', '4', '5');
    const { seen, batches, consumer } = collector('projector', { batchSize: 2 });

    await follow(source, [consumer]);
    await vi.waitFor(() => expect(seen).toHaveLength(5));
    source.write('a', '6');
    await vi.waitFor(() => expect(seen).toEqual(['1', '2', '3', '4', '5', '6']));

    expect(batches).toEqual([2, 2, 1, 1]);
  });

  it('finishes a parent, its retries included, before it begins the children', async () => {
    const source = new ShardedStream().add('parent').add('left', 'parent').add('right', 'parent');
    source.write('parent', '1', '2');
    source.write('left', '3');
    source.write('right', '4');
    source.close('parent');
    let failures = 3;
    const { seen, consumer } = collector('projector', {
      batchSize: 1,
      invoke: ({ Records }) => {
        if (Records[0]?.dynamodb?.SequenceNumber !== '2') return;
        failures -= 1;
        if (failures >= 0) throw new Error('not yet');
      },
    });

    await follow(source, [consumer]);
    await vi.waitFor(() => expect(seen).toHaveLength(4));

    expect(seen.slice(0, 2)).toEqual(['1', '2']);
    expect(seen.slice(2).toSorted()).toEqual(['3', '4']);
  });

  it('finds shards that come into being while it runs', async () => {
    const source = new ShardedStream().add('parent');
    const { seen, consumer } = collector('projector');
    await follow(source, [consumer]);
    source.write('parent', '1');
    await vi.waitFor(() => expect(seen).toEqual(['1']));

    source.add('child', 'parent');
    source.write('child', '2');
    source.close('parent');
    source.add('newcomer');
    source.write('newcomer', '3');

    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['1', '2', '3']));
  });

  it('lets a consumer that fails hold up no other', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1', '2', '3');
    const stuck = collector('stuck', {
      retries: 10_000,
      invoke: () => {
        throw new Error('never');
      },
    });
    const free = collector('free', { batchSize: 1 });

    await follow(source, [stuck.consumer, free.consumer]);
    await vi.waitFor(() => expect(free.seen).toEqual(['1', '2', '3']));

    expect(stuck.seen).toEqual([]);
  });

  it('goes on with the shard after it gave records up', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1', '2', '3');
    const { seen, consumer } = collector('projector', {
      batchSize: 1,
      retries: 1,
      invoke: ({ Records }) => {
        if (Records[0]?.dynamodb?.SequenceNumber === '2') throw new Error('never');
      },
    });

    const { letters } = await follow(source, [consumer]);
    await vi.waitFor(() => expect(seen).toEqual(['1', '3']));

    expect(letters).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        function: 'projector',
        source: 'arn:sharded',
        reason: 'Error: never',
        attempts: 2,
        payload: { Records: [toRecord('2')] },
      },
    ]);
  });

  it('goes on from its checkpoints after a restart, without repeating or losing anything', async () => {
    const source = new ShardedStream().add('parent');
    source.write('parent', '1', '2');
    const checkpoints = new InMemoryCheckpoints();
    const first = collector('projector');
    const { followed } = await follow(source, [first.consumer], { checkpoints });
    await vi.waitFor(() => expect(first.seen).toEqual(['1', '2']));
    await followed.stop();

    source.write('parent', '3');
    source.add('child', 'parent');
    source.write('child', '4');
    source.close('parent');
    const second = collector('projector', { start: 'LATEST' });
    const again = await follow(source, [second.consumer], { checkpoints });
    await vi.waitFor(() => expect(second.seen).toEqual(['3', '4']));
    await settle();
    await again.followed.stop();

    const third = collector('projector');
    await follow(source, [third.consumer], { checkpoints });
    source.write('child', '5');
    await vi.waitFor(() => expect(third.seen).toEqual(['5']));
  });

  it('goes on with the children at once, and looks for other shards only now and then', async () => {
    const source = new ShardedStream().add('parent');
    const { seen, consumer } = collector('projector');
    await follow(source, [consumer], { discoverMs: 1_000_000_000 });

    source.add('child', 'parent');
    source.add('newcomer');
    source.write('child', '1');
    source.write('newcomer', '2');
    await settle();
    expect(seen).toEqual([]);
    expect(source.listings).toBe(1);

    source.close('parent');
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['1', '2']));
    await settle();
    expect(source.listings).toBe(2);
  });

  it('remembers the end of a shard, so that its children begin at once after a restart', async () => {
    const source = new ShardedStream().add('parent').add('child', 'parent');
    source.write('parent', '1');
    source.close('parent');
    const checkpoints = new InMemoryCheckpoints();
    const { followed } = await follow(source, [collector('projector').consumer], { checkpoints });
    await vi.waitFor(async () =>
      expect(await checkpoints.load({ consumer: 'projector', source: 'arn:sharded', shard: 'parent' })).toBe(
        'SHARD_END',
      ),
    );
    await followed.stop();

    source.remove('parent');
    source.write('child', '2');
    const second = collector('projector');
    await follow(source, [second.consumer], { checkpoints });

    await vi.waitFor(() => expect(second.seen).toEqual(['2']));
  });

  it('reads a shard that comes later from its beginning, even when only the latest was wanted', async () => {
    const source = new ShardedStream().add('a');
    const { seen, consumer } = collector('projector', { start: 'LATEST' });
    await follow(source, [consumer]);

    source.add('b');
    source.write('b', '1');

    await vi.waitFor(() => expect(seen).toEqual(['1']));
  });

  it('reads a shard that came while it was stopped from its beginning, even when only the latest was wanted', async () => {
    const source = new ShardedStream().add('a');
    const checkpoints = new InMemoryCheckpoints();
    const first = collector('projector', { start: 'LATEST' });
    const { followed } = await follow(source, [first.consumer], { checkpoints });
    source.write('a', '1');
    await vi.waitFor(() => expect(first.seen).toEqual(['1']));
    await followed.stop();

    source.add('b');
    source.write('b', '2');
    const second = collector('projector', { start: 'LATEST' });
    await follow(source, [second.consumer], { checkpoints });

    await vi.waitFor(() => expect(second.seen).toEqual(['2']));
  });

  it('leaves its position as it is when a shard fails for a reason that it does not know', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1');
    const checkpoints = new InMemoryCheckpoints();
    const { seen, consumer } = collector('projector');
    const { warnings } = await follow(source, [consumer], { checkpoints });
    await vi.waitFor(() => expect(seen).toEqual(['1']));

    source.failure = new TypeError('a bug');
    await vi.waitFor(() => expect(warnings).toEqual(['Function "projector" cannot go on: a bug']));
    await settle();

    expect(await checkpoints.load({ consumer: 'projector', source: 'arn:sharded', shard: 'a' })).toEqual({
      after: '1',
    });
  });

  it('begins after what there is when only the latest is wanted', async () => {
    const source = new ShardedStream().add('closed').add('open', 'closed');
    source.write('closed', '1');
    source.write('open', '2');
    source.close('closed');
    const { seen, consumer } = collector('projector', { start: 'LATEST' });

    await follow(source, [consumer]);
    source.write('open', '3');
    source.add('child', 'open');
    source.write('child', '4');
    source.close('open');

    await vi.waitFor(() => expect(seen).toEqual(['3', '4']));
  });

  it('waits for the batch in hand when it is stopped, and delivers nothing after that', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1', '2');
    let release = () => {};
    const inHand = new Promise<void>((resolve) => {
      release = resolve;
    });
    let calls = 0;
    const { seen, batches, consumer } = collector('projector', {
      batchSize: 1,
      invoke: () => {
        calls += 1;
        return inHand;
      },
    });
    const { followed } = await follow(source, [consumer]);
    await vi.waitFor(() => expect(calls).toBe(1));

    let isStopped = false;
    const stopping = followed.stop().then(() => {
      isStopped = true;
    });
    await settle();
    expect(isStopped).toBe(false);
    release();
    await stopping;
    source.write('a', '3');
    await settle();

    expect(seen).toEqual(['1']);
    expect(batches).toEqual([1]);
  });

  it('says so when a shard is lost, and goes on with its children', async () => {
    const source = new ShardedStream().add('parent');
    source.write('parent', '1');
    const { seen, consumer } = collector('projector');
    const { warnings } = await follow(source, [consumer]);
    await vi.waitFor(() => expect(seen).toEqual(['1']));

    source.remove('parent');
    source.add('child', 'parent');
    source.write('child', '2');

    await vi.waitFor(() => expect(seen).toEqual(['1', '2']));
    expect(warnings).toEqual([
      'Function "projector" cannot go on: Shard parent of arn:sharded is gone. What was not read of it is lost; start over if the table was made anew.',
    ]);
  });

  it('keeps looking for shards when they cannot be listed for a while', async () => {
    const source = new ShardedStream().add('a');
    const { seen, consumer } = collector('projector');
    const { warnings } = await follow(source, [consumer]);
    source.isListed = false;
    await vi.waitFor(() => expect(warnings).not.toEqual([]));

    source.add('b');
    source.write('b', '1');
    source.isListed = true;

    await vi.waitFor(() => expect(seen).toEqual(['1']));
    expect(warnings[0]).toBe('The shards of arn:sharded cannot be listed (Error: throttled). Trying again.');
  });

  it('fails at once when the shards cannot be listed at the start', async () => {
    const source = new ShardedStream();
    source.isListed = false;

    let isAborted = false;
    const connect = source.connect.bind(source);
    source.connect = (signal) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      return connect(signal);
    };

    await expect(follow(source, [collector('projector').consumer])).rejects.toThrow('throttled');
    expect(isAborted).toBe(true);
  });

  it('goes on delivering when a position cannot be kept', async () => {
    const source = new ShardedStream().add('a');
    source.write('a', '1', '2');
    const checkpoints = new InMemoryCheckpoints();
    checkpoints.save = async ({ shard }: CheckpointKey) => {
      throw new Error(`no room for ${shard}`);
    };
    const { seen, consumer } = collector('projector', { batchSize: 1 });

    const { warnings } = await follow(source, [consumer], { checkpoints });
    await vi.waitFor(() => expect(seen).toEqual(['1', '2']));

    expect(warnings).toContain('The position of function "projector" in a could not be kept: no room for a');
  });
});

describe('a RecordFeed that is followed', () => {
  const sequence = (number: number) => String(number).padStart(21, '0');

  it('delivers what was pushed before and after, with sequence numbers', async () => {
    const feed = new RecordFeed('memory:orders');
    const images: unknown[] = [];
    const { seen, consumer } = collector('projector', {
      invoke: ({ Records }) => void images.push(...Records.map(({ dynamodb }) => dynamodb?.Keys)),
    });
    feed.push({ eventName: 'INSERT', dynamodb: { Keys: { stream: { S: 'order-1' } } } });

    await follow(feed, [consumer]);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    feed.push({ eventName: 'INSERT', dynamodb: { Keys: { stream: { S: 'order-2' } } } });
    feed.push({ eventName: 'INSERT', dynamodb: { Keys: { stream: { S: 'order-3' } } } });
    await vi.waitFor(() => expect(seen).toEqual([sequence(1), sequence(2), sequence(3)]));

    expect(images).toEqual([{ stream: { S: 'order-1' } }, { stream: { S: 'order-2' } }, { stream: { S: 'order-3' } }]);
  });

  it('begins at the end when only the latest is wanted', async () => {
    const feed = new RecordFeed('memory:orders');
    feed.push({});
    const { seen, consumer } = collector('projector', { start: 'LATEST' });

    await follow(feed, [consumer]);
    feed.push({});

    await vi.waitFor(() => expect(seen).toEqual([sequence(2)]));
  });

  it('goes on from its checkpoints after a stop', async () => {
    const feed = new RecordFeed('memory:orders');
    const checkpoints = new InMemoryCheckpoints();
    const first = collector('projector');
    const { followed } = await follow(feed, [first.consumer], { checkpoints });
    feed.push({});
    await vi.waitFor(() => expect(first.seen).toEqual([sequence(1)]));
    await followed.stop();
    feed.push({});

    const second = collector('projector');
    await follow(feed, [second.consumer], { checkpoints });

    await vi.waitFor(() => expect(second.seen).toEqual([sequence(2)]));
  });
});

describe('a consumer that gathers', () => {
  it('gets at once what comes after a silence, and the next records together', async () => {
    const feed = new RecordFeed('memory:gathered');
    const batches: (string | undefined)[][] = [];
    const sleepers: { readonly milliseconds: number; readonly wake: () => void }[] = [];
    const held = {
      now: clock.now,
      sleep: (milliseconds: number) =>
        new Promise<void>((wake) => {
          sleepers.push({ milliseconds, wake });
        }),
    };
    const gatheringNow = () => sleepers.filter(({ milliseconds }) => milliseconds === 50);
    const gathering: StreamConsumer = {
      name: 'gathering',
      windowSeconds: 0.05,
      invoke: ({ Records }) => {
        batches.push(Records.map(({ dynamodb }) => dynamodb?.SequenceNumber?.slice(-1)));
      },
    };
    const followed = await followStream({
      source: feed,
      consumers: [gathering],
      deadLetters: { write: async () => undefined },
      clock: held,
      discoverMs: 1_000_000,
    });
    running.push(followed);

    feed.push({});
    await expect.poll(() => batches).toEqual([['1']]);
    await expect.poll(gatheringNow).toHaveLength(1);
    feed.push({});
    feed.push({});
    expect(batches).toHaveLength(1);
    gatheringNow()[0]?.wake();

    await expect.poll(() => batches).toEqual([['1'], ['2', '3']]);
    held.sleep = clock.sleep;
    for (const { wake } of sleepers) wake();
  });
});
