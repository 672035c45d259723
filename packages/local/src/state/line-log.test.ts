import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LineLog, type LineLogOptions } from './line-log.js';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'line-log-'));
  path = join(directory, 'not', 'there', 'yet.jsonl');
});

afterEach(() => rm(directory, { recursive: true }));

/** A log of numbers, of which the last ten matter. */
async function open(options: Partial<LineLogOptions> = {}) {
  let numbers: number[] = [];
  const take = (number: number) => {
    numbers = [...numbers, number].slice(-10);
  };
  const log = await LineLog.open(
    { path, ...options },
    {
      replay: (line) => {
        if (typeof line !== 'number') throw new TypeError('This is no number.');
        take(line);
      },
      snapshot: () => numbers,
    },
  );
  onTestFinished(() => log.close().catch(() => undefined));
  const append = (number: number) => {
    take(number);
    return log.append([number]);
  };
  return { log, append, numbers: () => numbers };
}

describe('a log of lines', () => {
  it('is found again as it was, once a line is appended', async () => {
    const first = await open();
    await Promise.all([1, 2, 3].map(first.append));

    const second = await open();

    expect(second.numbers()).toEqual([1, 2, 3]);
    expect(await readFile(path, 'utf8')).toBe('1\n2\n3\n');
  });

  it('has what waits at the same time written at once', async () => {
    const { append } = await open();
    const done: number[] = [];

    const writes = [1, 2, 3].map((number) => append(number).then(() => done.push(number)));
    await writes[1];

    // The first line goes alone, and those that came meanwhile go together.
    expect(done.toSorted()).toEqual([1, 2, 3]);
  });

  it('loses the line that was cut short, and no other', async () => {
    const first = await open();
    await first.append(1);
    await first.log.close();
    await appendFile(path, '2222');

    const second = await open();
    await second.append(3);

    expect(await readFile(path, 'utf8')).toBe('1\n3\n');
    expect((await open()).numbers()).toEqual([1, 3]);
  });

  it('says which whole line makes no sense, and what to do', async () => {
    await (await open()).log.close();
    await writeFile(path, '1\n"two"\n3\n');

    await expect(open()).rejects.toMatchObject({ code: 'STATE_UNREADABLE', path, line: 2 });
    await expect(open()).rejects.toThrow('delete the directory');
  });

  it('is written anew in one step when it has twice the size that it needs, and leaves nothing beside it', async () => {
    const { append } = await open({ compactFrom: 40 });

    for (let number = 100; number < 200; number += 1) {
      await append(number);
      // Ten numbers take 40 bytes: as many again may come, and one more.
      expect((await readFile(path, 'utf8')).length).toBeLessThanOrEqual(84);
    }

    expect((await open()).numbers()).toEqual([190, 191, 192, 193, 194, 195, 196, 197, 198, 199]);
    expect(await readdir(join(directory, 'not', 'there'))).toEqual(['yet.jsonl']);
  });

  it('takes no notice of a file that was being written anew when its process was killed', async () => {
    const first = await open({ compactFrom: 8 });
    await first.append(1);
    await writeFile(`${path}.new`, '9\n8');

    const second = await open({ compactFrom: 2 });
    await second.append(2);

    expect(await readFile(path, 'utf8')).toBe('1\n2\n');
  });

  it('fails to append once it is closed', async () => {
    const { log, append } = await open();
    await log.close();

    await expect(append(1)).rejects.toThrow();
  });
});
