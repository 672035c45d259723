import { deepStrictEqual, rejects } from 'node:assert/strict';
import { startOf } from '../../commit.js';
import { appendOf, type Chapter, everfoldError, happened, metadata, readAll, readValues } from './bench.js';

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

/** Values that JSON would lose or change, and where in the value. */
const flawed: Readonly<Record<string, { readonly value: unknown; readonly path: string }>> = {
  'a Date': { value: new Date(0), path: '' },
  'a bigint': { value: { cents: 1n }, path: 'cents' },
  'a Map': { value: { byId: new Map() }, path: 'byId' },
  'a Set': { value: [new Set()], path: '0' },
  NaN: { value: { lines: [{ price: 1 }, { price: Number.NaN }] }, path: 'lines.1.price' },
  Infinity: { value: { limit: Number.POSITIVE_INFINITY }, path: 'limit' },
  '-0': { value: { balance: -0 }, path: 'balance' },
  'undefined in an array': { value: { lines: ['a', undefined] }, path: 'lines.1' },
  'a hole in an array': { value: new Array(1), path: '0' },
  'a function': { value: { run: () => 1 }, path: 'run' },
  'a symbol': { value: { mark: Symbol('mark') }, path: 'mark' },
  bytes: { value: { photo: Uint8Array.of(1) }, path: 'photo' },
  'an instance of a class': { value: { error: new Error('no') }, path: 'error' },
  'an object with its own toJSON': { value: { money: { toJSON: () => 1 } }, path: 'money' },
  'a value that contains itself': { value: cycle, path: 'self' },
};

const pathInData = (path: string): string => (path === '' ? 'value' : `value.${path}`);

const carries =
  (value: unknown): Chapter[string] =>
  async ({ store, newStream }) => {
    const stream = newStream();

    await store.append(appendOf(startOf(stream), value));

    deepStrictEqual(await readValues(store, stream), [value]);
  };

const refuses =
  (value: unknown, path: string): Chapter[string] =>
  async ({ store, newStream }) => {
    const stream = newStream();
    const invalid = (error: unknown): true => {
      everfoldError('INVALID_EVENT', { type: 'Happened' })(error);
      deepStrictEqual(
        (error as { problems: { path: string }[] }).problems.map((problem) => problem.path),
        [pathInData(path)],
      );
      return true;
    };

    await rejects(store.append(appendOf(startOf(stream), 'sound', value)), invalid);

    deepStrictEqual(await readAll(store, stream), []);
  };

export const jsonData: Chapter = {
  'carries unicode': carries({
    text: 'Füße 東京 🦊 \u0000 \u2028 \\ "',
    'schlüssel 🔑': ['é', 'e\u0301'],
    lone: '\ud800',
  }),
  'carries keys that mean something to JavaScript': carries(
    JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":"x","hasOwnProperty":null,"length":0}',
    ),
  ),
  'carries empty keys and values': carries({ '': '', none: null, no: [], nothing: {}, zero: 0, false: false }),
  'carries numbers to the last bit': carries([0.1 + 0.2, Number.MAX_SAFE_INTEGER, -1e-300, 1e21, 5e-324]),
  'carries deep values': carries(Array.from({ length: 200 }).reduce((inner: unknown) => ({ inner: [inner] }), 'core')),
  'carries a large value': carries('é'.repeat(100_000)),

  'treats an absent key and one that holds undefined alike': async ({ store, newStream }) => {
    const stream = newStream();

    await store.append(appendOf(startOf(stream), { kept: 1, dropped: undefined }));

    deepStrictEqual(await readValues(store, stream), [{ kept: 1 }]);
  },

  ...Object.fromEntries(
    Object.entries(flawed).map(([name, { value, path }]) => [
      `refuses ${name}, says where, and writes nothing`,
      refuses(value, path),
    ]),
  ),

  'refuses an event without data': async ({ store, newStream }) => {
    const stream = newStream();
    const events = [{ type: 'Empty', data: undefined }];

    await rejects(
      store.append({ after: startOf(stream), events, metadata }),
      everfoldError('INVALID_EVENT', { type: 'Empty' }),
    );

    deepStrictEqual(await readAll(store, stream), []);
  },

  'refuses metadata that JSON would change': async ({ store, newStream }) => {
    const stream = newStream();
    const flawedMetadata = { ...metadata, retries: Number.NaN };

    await rejects(
      store.append({ after: startOf(stream), events: happened(1), metadata: flawedMetadata }),
      everfoldError('INVALID_ARGUMENT'),
    );

    deepStrictEqual(await readAll(store, stream), []);
  },
};
