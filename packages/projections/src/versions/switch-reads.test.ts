import { InvalidArgumentError } from '@everfold/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { rebuild } from '../rebuild/rebuild.js';
import { record } from '../shop.test.fixture.js';
import { readServing } from './serving.js';
import { switchReads } from './switch-reads.js';
import { ordersVersion, v1, v2, versionsBench } from './versions.test.fixture.js';

let bench: ReturnType<typeof versionsBench>;

beforeEach(() => {
  bench = versionsBench();
});

describe('reads are switched', () => {
  it('when the rebuild has finished, and the live handler ran before it began and is in time', async () => {
    await bench.build();

    const serving = await switchReads({ from: v1, to: v2, ...bench.ports });

    expect(serving).toEqual({ version: 2, previous: 1, since: '2026-03-01T00:00:10.000Z' });
    expect(await readServing(bench.readModels, 'orders')).toEqual(serving);
  });

  it('once: again, nothing is written', async () => {
    await bench.build();
    const serving = await switchReads({ from: v1, to: v2, ...bench.ports });
    bench.clock.time += 1_000;

    expect(await switchReads({ from: v1, to: v2, ...bench.ports })).toEqual(serving);
  });

  it('back to a version whose handler has gone on', async () => {
    const both = await bench.build();
    await switchReads({ from: v1, to: v2, ...bench.ports });
    bench.clock.time += 5_000;
    await both(await bench.append());

    expect(await switchReads({ from: v2, to: v1, ...bench.ports })).toMatchObject({ version: 1, previous: 2 });
  });

  it('without proof that the handler is in time, when that is waived', async () => {
    await rebuild({ projection: v2, eventStore: bench.eventStore, ...bench.ports });

    expect(await switchReads({ from: v1, to: v2, proof: 'waived', ...bench.ports })).toMatchObject({ version: 2 });
  });

  it('to the version that serves, which only notes that it does', async () => {
    expect(await switchReads({ from: v1, to: v1, ...bench.ports })).toEqual({
      version: 1,
      since: '2026-03-01T00:00:00.000Z',
    });
  });
});

describe('reads are not switched', () => {
  const refusal = (reason: string) => ({
    code: 'SWITCH_REFUSED',
    projection: 'orders',
    version: 2,
    message: expect.stringContaining(reason),
  });
  const toV2 = () => switchReads({ from: v1, to: v2, ...bench.ports });

  it('to a version that was never built, not even when proof is waived', async () => {
    await expect(toV2()).rejects.toMatchObject(refusal('it was never built'));
    await expect(switchReads({ from: v1, to: v2, proof: 'waived', ...bench.ports })).rejects.toMatchObject(
      refusal('never'),
    );
  });

  it('while the rebuild has not finished', async () => {
    await bench.append();
    const signal = AbortSignal.abort();
    await expect(rebuild({ projection: v2, eventStore: bench.eventStore, ...bench.ports, signal })).rejects.toThrow();

    await expect(toV2()).rejects.toMatchObject(refusal('has not finished'));
  });

  it('when no live handler has left a mark', async () => {
    await rebuild({ projection: v2, eventStore: bench.eventStore, ...bench.ports });

    await expect(toV2()).rejects.toMatchObject(refusal('no live handler'));
  });

  it('when the live handler is not known to have run before the rebuild began', async () => {
    await bench.live(v2)(await bench.append());
    bench.clock.time += 4_000;
    await rebuild({ projection: v2, eventStore: bench.eventStore, ...bench.ports });

    await expect(toV2()).rejects.toMatchObject(refusal('may be missing'));
  });

  it('when the live handler was still for longer than the stream keeps', async () => {
    const handler = bench.live(v2);
    await handler(await bench.append());
    bench.clock.time += 10_000;
    await rebuild({ projection: v2, eventStore: bench.eventStore, ...bench.ports });
    bench.clock.time += 25 * 60 * 60 * 1000;
    await handler(await bench.append());

    await expect(toV2()).rejects.toMatchObject(refusal('may be missing'));
  });

  it('when the live handler was not seen for a minute', async () => {
    await bench.build();
    bench.clock.time += 60_001;

    await expect(toV2()).rejects.toMatchObject(refusal('last seen'));
  });

  it.each([
    [
      'late',
      async (handler: ReturnType<typeof bench.live>) => {
        const commits = await bench.append();
        bench.clock.time += 10_001;
        await handler(commits);
      },
    ],
    [
      'failing',
      async (handler: ReturnType<typeof bench.live>) => {
        await handler(await record(bench.eventStore, 'order-bad', [{ type: 'OrderPlaced', data: { cents: 1 } }]));
      },
    ],
  ])('while the live handler is %s, until it has been in time for half a minute', async (_, disturb) => {
    await bench.build();
    const handler = bench.live(v2);
    await disturb(handler);
    bench.clock.time += 20_000;
    await handler(await bench.append());

    await expect(toV2()).rejects.toMatchObject(refusal('Wait until it has caught up'));
    bench.clock.time += 10_000;
    expect(await toV2()).toMatchObject({ version: 2 });
  });

  it('when another version serves than the caller thinks', async () => {
    await bench.build();
    await toV2();

    await expect(switchReads({ from: ordersVersion(3), to: v1, ...bench.ports })).rejects.toMatchObject({
      code: 'SWITCH_REFUSED',
      message: expect.stringContaining('version 2 serves, and not 3'),
    });
  });

  it('by two at the same time', async () => {
    await bench.build();

    const outcomes = await Promise.allSettled([toV2(), switchReads({ from: v1, to: v1, ...bench.ports })]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('between different projections', async () => {
    await expect(switchReads({ from: v1, to: ordersVersion(2, 'bills'), ...bench.ports })).rejects.toThrow(
      InvalidArgumentError,
    );
  });
});
