import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Commit, streamName, systemIds } from '@everfold/core';
import { afterAll, describe, expect, test } from 'vitest';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);

const PROCESSES = 10;
const EVENTS = 10;
const worker = fileURLToPath(new URL('./append-worker.test.fixture.mjs', import.meta.url));

/** Starts a process that appends through the repository of the built packages, once it is told to. */
async function startProcess(id: string, index: number): Promise<ChildProcess> {
  const args = [process.env.DYNAMODB_ENDPOINT ?? '', table.tableName, id, String(index), String(EVENTS)];
  // Without the test runner's conditions, under which a package is its TypeScript sources.
  const child = fork(worker, args, { execArgv: ['--no-warnings'], env: {} });
  await nextMessage(child);
  return child;
}

/** What a process says next; fails when it ends instead. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The process ended with code ${code}.`)));
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

describe('ten processes that append to one stream at once', () => {
  test('record every event once, one after the other', async () => {
    const id = systemIds();
    const indexes = Array.from({ length: PROCESSES }, (_, index) => index);
    const processes = await Promise.all(indexes.map((index) => startProcess(id, index)));

    const requests = processes.map(nextMessage);
    for (const child of processes) child.send('begin');
    const putItems = await Promise.all(requests);

    const commits: Commit[] = [];
    for await (const commit of new DynamoDBEventStore(table).read(streamName('tally', id))) commits.push(commit);
    const counted = commits.flatMap(({ events }) => events.map(({ data }) => data as { mark: string; before: number }));
    const marksOf = (index: number) => Array.from({ length: EVENTS }, (_, event) => `${index}-${event}`);
    const places = Array.from({ length: PROCESSES * EVENTS }, (_, place) => place);
    expect(commits.map(({ version, last }) => [version, last])).toEqual(places.map((place) => [place + 1, place + 1]));
    // Every decision was taken on all that came before it.
    expect(counted.map(({ before }) => before)).toEqual(places);
    for (const index of indexes) {
      const own = counted.filter(({ mark }) => mark.startsWith(`${index}-`));
      expect(own.map(({ mark }) => mark)).toEqual(marksOf(index));
    }
    // They did get in each other's way.
    expect((putItems as number[]).reduce((sum, count) => sum + count)).toBeGreaterThan(PROCESSES * EVENTS);
  });
});
