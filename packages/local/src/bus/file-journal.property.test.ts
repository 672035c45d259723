import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileJournal } from './file-journal.js';
import type { JournalEntry } from './journal.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Either so many events, each for so many functions, are accepted; or one of the open entries is finished. */
const step = fc.oneof(
  fc.record({ accept: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }), text: fc.string() }),
  fc.record({ finish: fc.nat() }),
);

/** What the file held after a step, and what may and what must be found in it. */
interface Moment {
  readonly file: Buffer;
  readonly open: readonly number[];
  readonly accepted: readonly number[];
  readonly finished: readonly number[];
}

const NOTHING: Moment = { file: Buffer.alloc(0), open: [], accepted: [], finished: [] };

it('A journal cut off at any byte gives back everything that it had accepted and that was not being finished', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), async (steps, cutSeed) => {
      const moments = await run(steps);
      for (const [index, { open, file }] of moments.entries()) {
        const next = moments[index + 1] ?? { ...NOTHING, file };
        // Written anew, a file is replaced in one step: there is nothing in between.
        const isExtended = next.file.subarray(0, file.length).equals(file);
        const added = isExtended ? next.file.length - file.length : 0;
        const cut = next.file.subarray(0, file.length + (added === 0 ? 0 : cutSeed % (added + 1)));

        const left = await leftIn(added === 0 ? file : cut);

        expect(left).toEqual(expect.arrayContaining(open.filter((id) => !next.finished.includes(id))));
        expect([...open, ...next.accepted]).toEqual(expect.arrayContaining([...left]));
      }
    }),
    { numRuns: 25 },
  );
  // Every run writes and reads some dozen files, which a busy disk makes wait.
}, 30_000);

async function run(steps: readonly (typeof step extends fc.Arbitrary<infer TStep> ? TStep : never)[]) {
  const path = join(directory, 'bus.jsonl');
  await rm(path, { force: true });
  const journal = await FileJournal.open({ path, compactFrom: 600 });
  const moments: Moment[] = [NOTHING];
  let open: readonly JournalEntry[] = [];
  for (const each of steps) {
    let accepted: readonly JournalEntry[] = [];
    let finished: readonly JournalEntry[] = [];
    if ('accept' in each) {
      accepted = await journal.accept(each.accept.flatMap((functions) => dispatchesOf(each.text, functions)));
    } else {
      finished = open.slice(each.finish % Math.max(1, open.length)).slice(0, 1);
      for (const entry of finished) await journal.finish(entry);
    }
    open = [...open, ...accepted].filter((entry) => !finished.includes(entry));
    const ids = (entries: readonly JournalEntry[]) => entries.map(({ id }) => id);
    moments.push({ file: await readFile(path), open: ids(open), accepted: ids(accepted), finished: ids(finished) });
  }
  await journal.close();
  return moments;
}

function dispatchesOf(text: string, functions: number) {
  const event = {
    version: '0' as const,
    id: text,
    'detail-type': text,
    source: 'order',
    account: '',
    time: '',
    region: '',
    resources: [],
    detail: { text },
  };
  return Array.from({ length: functions }, (_, index) => ({ functionName: `function-${index}`, event }));
}

async function leftIn(file: Buffer): Promise<readonly number[]> {
  const path = join(directory, 'cut.jsonl');
  await writeFile(path, file);
  const journal = await FileJournal.open({ path });
  await journal.close();
  return journal.left().map(({ id }) => id);
}
