import { isTombstone } from '../../commit.js';
import { InvalidArgumentError } from '../../errors.js';
import type { EventStore, ScanOptions, ScanPage, ScanProgress } from '../../event-store.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { type BrokenStore, type BrokenStores, broken } from './broken-store.test.fixture.js';

type Scan = (sound: InMemoryEventStore, options: ScanOptions) => AsyncIterable<ScanPage>;

const scanning = (scan: Scan): BrokenStore => broken((sound) => ({ scan: (options = {}) => scan(sound, options) }));

const without =
  (name: keyof ScanOptions): Scan =>
  (sound, { [name]: _, ...options }) =>
    sound.scan(options);

/** A scan of which every page is changed. */
const paging = (change: (page: ScanPage, index: number, options: ScanOptions) => ScanPage): BrokenStore =>
  scanning(async function* (sound, options) {
    let index = 0;
    for await (const page of sound.scan(options)) yield change(page, index++, options);
  });

/** A scan that tells something else of its progress. */
const telling = (tell: (progress: ScanProgress, index: number) => ScanProgress | undefined): BrokenStore =>
  scanning((sound, { onProgress, ...options }) => {
    let index = 0;
    const onTold = (progress: ScanProgress) => {
      const told = tell(progress, index++);
      if (told) onProgress?.(told);
    };
    return sound.scan({ ...options, onProgress: onTold });
  });

const startsNot = (category: string | undefined) => category === undefined || /^[A-Za-z][\w.]*$/.test(category);

export const brokenScanning: BrokenStores = {
  'gives every commit of a category once, those of a stream in order, with any number of segments': {
    'gives the first page': scanning(async function* (sound, options) {
      for await (const page of sound.scan(options)) return yield page;
    }),
    'gives a page twice': scanning(async function* (sound, options) {
      for await (const page of sound.scan(options)) yield* [page, page];
    }),
    'turns a page around': paging((page) => ({ ...page, commits: [...page.commits].reverse() })),
    'scans everything in each segment': scanning(async function* (sound, { segments = 1, ...options }) {
      for (let segment = 0; segment < segments; segment++) yield* sound.scan(options);
    }),
    'takes a category for the beginning of a name': scanning(async function* (sound, { category, ...options }) {
      for await (const page of sound.scan(options)) {
        yield { ...page, commits: page.commits.filter(({ stream }) => stream.startsWith(category ?? '')) };
      }
    }),
    'scans all categories': scanning(without('category')),
  },
  'goes on from the cursor of every page': {
    'begins anew whatever the cursor': scanning(without('cursor')),
    'has a cursor from before the page': scanning(async function* (sound, options) {
      let before = options.cursor;
      for await (const page of sound.scan(options)) {
        yield before === undefined ? page : { ...page, cursor: before };
        before = page.cursor;
      }
    }),
  },
  'finds nothing more from the cursor of the last page': {
    'begins anew after the end': scanning(async function* (sound, { cursor, ...options }) {
      let pages = 0;
      for await (const page of sound.scan(cursor === undefined ? options : { ...options, cursor })) {
        pages++;
        yield page;
      }
      if (pages === 0) yield* sound.scan(options);
    }),
  },
  'gives the commits of all categories to one who names none': {
    'scans nothing without a category': scanning((sound, options) => sound.scan({ category: 'none', ...options })),
  },
  'keeps the order of a stream over its pages': {
    'turns only full pages around': paging((page) => ({
      ...page,
      commits: page.commits.length > 50 ? [...page.commits].reverse() : page.commits,
    })),
  },
  'refuses a cursor of another number of segments, and what is no cursor': {
    'takes the cursor of another number of segments': scanning((sound, options) => {
      const { segments } = JSON.parse(Buffer.from(options.cursor ?? 'e30', 'base64url').toString());
      return sound.scan(segments === undefined ? options : { ...options, segments });
    }),
    'begins anew with a cursor that it cannot read': scanning((sound, { cursor, ...options }) =>
      cursor !== undefined && cursor.length > 20 ? sound.scan({ ...options, cursor }) : sound.scan(options),
    ),
  },
  'refuses a scan that makes no sense': {
    'makes sense of every scan': scanning((sound, { category, segments = 1, unitsPerSecond, ...options }) =>
      sound.scan({
        ...options,
        ...(startsNot(category) && category !== undefined ? { category } : {}),
        segments: Number.isInteger(segments) && segments > 0 && segments < 1e6 ? segments : 1,
      }),
    ),
  },
  'finds nothing of a category that has no streams': {
    'finds a category without streams odd': scanning(async function* (sound, options) {
      let found = 0;
      for await (const page of sound.scan(options)) {
        found += page.commits.length;
        yield page;
      }
      if (found === 0 && options.cursor === undefined) throw new InvalidArgumentError('There is no such category.');
    }),
  },
  'tells how far it has come, before it hands out a page': {
    'tells nobody how far it has come': telling(() => undefined),
    'counts what it looks at': telling((progress) => ({ ...progress, commits: progress.commits + 1 })),
    'tells how far it has come after the page': scanning(async function* (sound, { onProgress, ...options }) {
      const told: ScanProgress[] = [];
      for await (const page of sound.scan({ ...options, onProgress: (progress) => told.push(progress) })) {
        yield page;
        for (const progress of told.splice(0)) onProgress?.(progress);
      }
    }),
    'counts the events of a page': (() => {
      let before = 0;
      return telling((progress, index) => {
        const events = progress.events - (index === 0 ? 0 : before);
        before = progress.events;
        return { ...progress, events };
      });
    })(),
    'is never done': telling((progress) => ({ ...progress, segmentsDone: 0 })),
  },
  'counts from 0 again when it goes on from a cursor': {
    'counts over all scans': (() => {
      let before = 0;
      return telling((progress, index) => {
        if (index === 0) before += 7;
        return { ...progress, commits: progress.commits + before };
      });
    })(),
  },
  'gives the same at a measured pace': {
    'stops when it has used up its pace': scanning(async function* (sound, options) {
      for await (const page of sound.scan(options)) {
        yield page;
        if (options.unitsPerSecond !== undefined) return;
      }
    }),
  },
  'lets go when the reader stops': {
    'scans one at a time': broken((sound) => {
      let scans = 0;
      return {
        async *scan(options) {
          if (scans > 0) throw new InvalidArgumentError('Another scan is under way.');
          scans++;
          for await (const page of sound.scan(options)) yield page;
          scans--;
        },
      };
    }),
  },
};

const listing = (
  list: (sound: InMemoryEventStore, ...of: Parameters<EventStore['streams']>) => AsyncIterable<string>,
) => broken((sound) => ({ streams: (...of) => list(sound, ...of) }));

export const brokenListing: BrokenStores = {
  'names every stream of a category once, with any number of segments': {
    'names a stream for each of its commits': listing(async function* (sound, category, options) {
      for await (const { commits } of sound.scan({ ...options, category })) yield* commits.map(({ stream }) => stream);
    }),
    'names the streams of categories that begin alike': listing(async function* (sound, category, options) {
      yield* sound.streams(category, options);
      for (const { stream } of sound.commits()) if (stream.startsWith(`${category}.`)) yield stream;
    }),
  },
  'names a stream of many commits once': {
    'names a stream once a page': listing(async function* (sound, category, options) {
      for await (const { commits } of sound.scan({ ...options, category })) {
        yield* new Set(commits.map(({ stream }) => stream));
      }
    }),
  },
  'names deleted streams too': {
    'does not name deleted streams': listing(async function* (sound, category, options) {
      for await (const stream of sound.streams(category, options)) {
        const last = (await sound.load(stream)).commits.at(-1);
        if (last && !isTombstone(last)) yield stream;
      }
    }),
  },
  'names none of a category that has none': {
    'names a category without streams': listing(async function* (sound, category, options) {
      let found = 0;
      for await (const stream of sound.streams(category, options)) {
        found++;
        yield stream;
      }
      if (found === 0) yield category;
    }),
  },
  'tells how far it has come': {
    'tells nobody how far it has come': listing((sound, category, { onProgress, ...options } = {}) =>
      sound.streams(category, options),
    ),
  },
  'refuses what makes no sense': {
    'looks at no number': listing((sound, category) => sound.streams(category)),
  },
  'lets go when the reader stops': {
    'lists one at a time': broken((sound) => {
      let lists = 0;
      return {
        async *streams(category, options) {
          if (lists > 0) throw new InvalidArgumentError('Another list is being made.');
          lists++;
          for await (const stream of sound.streams(category, options)) yield stream;
          lists--;
        },
      };
    }),
  },
};
