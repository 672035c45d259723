import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeadLetter, fileDeadLetters } from './dead-letters.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dead-letters-'));
});

afterEach(() => rm(directory, { recursive: true }));

const letter = (attempts: number, payload: unknown): DeadLetter => ({
  at: '2026-01-01T00:00:00.000Z',
  function: 'publisher',
  source: 'bus',
  reason: 'Error: the bus\nis full',
  attempts,
  payload,
});

async function readLines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('fileDeadLetters', () => {
  it('keeps each letter whole on a line of its own, in the order of writing', async () => {
    const path = join(directory, 'not', 'there', 'yet.jsonl');
    const deadLetters = fileDeadLetters(path);
    const letters = Array.from({ length: 50 }, (_, index) => letter(index, { text: 'x'.repeat(100_000), index }));

    await Promise.all(letters.map((each) => deadLetters.write(each)));

    expect(await readLines(path)).toEqual(letters);
  });

  it('adds to what an earlier run has written', async () => {
    const path = join(directory, 'letters.jsonl');
    await fileDeadLetters(path).write(letter(1, 'first'));

    await fileDeadLetters(path).write(letter(2, 'second'));

    expect(await readLines(path)).toEqual([letter(1, 'first'), letter(2, 'second')]);
  });

  it('begins a new line after a letter that was cut short', async () => {
    const path = join(directory, 'letters.jsonl');
    await fileDeadLetters(path).write(letter(1, 'first'));
    await appendFile(path, '{"at":"2026-01');

    await fileDeadLetters(path).write(letter(2, 'second'));

    const [first, torn, second] = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(torn).toBe('{"at":"2026-01');
    expect([first, second].map((line) => JSON.parse(line ?? ''))).toEqual([letter(1, 'first'), letter(2, 'second')]);
  });

  it('fails when the letter cannot be written, and goes on with the next', async () => {
    const path = join(directory, 'letters.jsonl');
    const deadLetters = fileDeadLetters(path);
    const circular: { self?: unknown } = {};
    circular.self = circular;

    await expect(deadLetters.write(letter(1, circular))).rejects.toThrow(TypeError);
    await deadLetters.write(letter(2, 'second'));

    expect(await readLines(path)).toEqual([letter(2, 'second')]);
  });
});
