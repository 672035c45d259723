import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { endOf, recordedEvents, startOf } from '../../commit.js';
import { addTag, appendOf, type Chapter, everfoldError, metadata, readAll, readValues } from './bench.js';

export const appending: Chapter = {
  'records events under the versions from 1, and gives the commit back': async ({ store, newStream }) => {
    const stream = newStream();
    const events = [
      { type: 'Opened', data: { by: 'Ada', cents: 12.5 } },
      { type: 'Counted', data: [1, null, true, { deep: [[]] }] },
      { type: 'Closed', data: 'a string' },
    ];

    const commit = await store.append({ after: startOf(stream), events, metadata });

    const { id, at, ...rest } = commit;
    deepStrictEqual(rest, { stream, version: 1, last: 3, events, metadata });
    match(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'its id is a ULID');
    strictEqual(new Date(at).toISOString(), at);
  },

  'gives back when reading what it gave back when appending': async ({ store, newStream }) => {
    const stream = newStream();
    const events = [
      { type: 'Opened', data: { note: undefined, lines: [{ sku: 'a' }] } },
      { type: 'Closed', data: Object.assign(Object.create(null), { why: 'none' }) },
    ];

    const appended = await store.append({
      after: startOf(stream),
      events,
      metadata: { ...metadata, actor: 'ada', depth: { of: [1] } },
    });

    deepStrictEqual(await readAll(store, stream), [appended]);
  },

  'names each event after its commit and its place in it': async ({ store, newStream }) => {
    const stream = newStream();
    await store.append(appendOf(startOf(stream), 'a'));
    const [opening] = await readAll(store, stream);
    ok(opening);
    await store.append(appendOf(endOf(opening), 'b', 'c'));

    const [first, second] = await readAll(store, stream);

    ok(first && second);
    const events = [first, second].flatMap(recordedEvents).map(({ id, version, at }) => ({ id, version, at }));
    deepStrictEqual(events, [
      { id: `${first.id}.0`, version: 1, at: first.at },
      { id: `${second.id}.0`, version: 2, at: second.at },
      { id: `${second.id}.1`, version: 3, at: second.at },
    ]);
  },

  'keeps metadata as it was given': async ({ store, newStream }) => {
    const stream = newStream();
    const given = {
      correlationId: 'c-1',
      causationId: 'e-1',
      actor: 'ada',
      traceparent: '00-ab',
      tags: ['x', { y: null }],
    };

    await store.append({ ...appendOf(startOf(stream), 1), metadata: given });

    const [commit] = await readAll(store, stream);
    deepStrictEqual(commit?.metadata, given);
  },

  'continues after its own commit, whatever the number of events': async ({ store, newStream }) => {
    const stream = newStream();
    const first = await store.append(appendOf(startOf(stream), 1, 2, 3));
    const second = await store.append(appendOf(endOf(first), 4));
    const third = await store.append(appendOf(endOf(second), 5, 6));

    const versions = [first, second, third].map(({ version, last }) => [version, last]);

    deepStrictEqual(versions, [
      [1, 3],
      [4, 4],
      [5, 6],
    ]);
    deepStrictEqual(await readValues(store, stream), [1, 2, 3, 4, 5, 6]);
  },

  'gives later commits greater ids': async ({ store, newStream }) => {
    const ids: string[] = [];
    for (let count = 0; count < 20; count++) ids.push((await store.append(appendOf(startOf(newStream()), count))).id);

    deepStrictEqual([...new Set(ids)].sort(), ids);
  },

  'refuses an append after a position that is no longer the end': async ({ store, newStream }) => {
    const stream = newStream();
    const first = await store.append(appendOf(startOf(stream), 1, 2));
    await store.append(appendOf(endOf(first), 3));

    await rejects(
      store.append(appendOf(endOf(first), 4)),
      everfoldError('CONFLICT', { stream, expected: 2, retryable: true }),
    );

    deepStrictEqual(await readValues(store, stream), [1, 2, 3]);
  },

  'creates a stream once': async ({ store, newStream }) => {
    const stream = newStream();
    await store.append(appendOf(startOf(stream), 'first'));

    await rejects(
      store.append(appendOf(startOf(stream), 'second')),
      everfoldError('CONFLICT', { stream, expected: 0 }),
    );

    deepStrictEqual(await readValues(store, stream), ['first']);
  },

  'refuses a position that is several commits old, and leaves no gap': async ({ store, newStream }) => {
    const stream = newStream();
    const positions = [startOf(stream)];
    for (const size of [3, 1, 5, 2]) {
      const after = positions.at(-1) ?? startOf(stream);
      positions.push(endOf(await store.append(appendOf(after, ...Array.from({ length: size }, () => size)))));
    }
    const before = await readAll(store, stream);

    for (const old of positions.slice(0, -1)) {
      for (const values of [[0], [0, 0, 0, 0, 0, 0, 0]]) {
        await rejects(
          store.append(appendOf(old, ...values)),
          everfoldError('CONFLICT', { stream, expected: old.version }),
        );
      }
    }

    deepStrictEqual(await readAll(store, stream), before);
  },

  'keeps streams apart': async ({ store, newStream }) => {
    const [one, other] = [newStream(), newStream()];
    await store.append(appendOf(startOf(one), 'one'));
    await store.append(appendOf(startOf(other), 'other'));
    await store.append(appendOf(startOf(`${one}-`), 'its name begins with the name of the first'));

    deepStrictEqual([await readValues(store, one), await readValues(store, other)], [['one'], ['other']]);
  },

  'refuses to append to what is no name of a stream': async ({ store }) => {
    for (const stream of ['', 'order', '-7', '$claim-email:a', 'order-', `order-${'x'.repeat(507)}`, 'order-\ud800']) {
      await rejects(store.append(appendOf(startOf(stream), 1)), everfoldError('INVALID_ARGUMENT'));
    }
  },

  'refuses a commit without events': async ({ store, newStream }) => {
    const stream = newStream();

    await rejects(store.append(appendOf(startOf(stream))), everfoldError('INVALID_ARGUMENT'));

    deepStrictEqual(await readAll(store, stream), []);
  },

  'shares nothing with its callers': async ({ store, newStream }) => {
    const stream = newStream();
    const data = { tags: ['given'] };
    const given = { ...metadata, tags: ['given'] };

    const appended = await store.append({
      after: startOf(stream),
      events: [{ type: 'Tagged', data }],
      metadata: given,
    });
    const before = structuredClone(appended);
    addTag(data);
    addTag(given);
    deepStrictEqual(appended, before, 'what was appended does not change with what was given');
    for (const commit of [appended, ...(await readAll(store, stream))]) {
      addTag(commit.events[0]?.data);
      addTag(commit.metadata);
    }

    deepStrictEqual(await readAll(store, stream), [before]);
  },
};
