import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { defineFunctions } from '@everfold/core';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { DeadLetter } from './dead-letters.js';
import { type HostOptions, type LocalHost, startHost } from './host.js';
import { RecordFeed } from './streams/record-feed.js';

/** Functions write here what they were called with. */
const calls: unknown[] = [];
Object.assign(globalThis, { callsOfHostTest: calls });

/** A module with a handler, as a function's entry. */
const moduleWith = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

const functions = defineFunctions([
  {
    name: 'greet',
    entry: moduleWith(`
      const greeting = process.env.GREETING;
      export const handler = async ({ pathParameters }, { functionName }) =>
        ({ statusCode: 200, body: greeting + ' ' + pathParameters.name + ' from ' + functionName });`),
    trigger: { kind: 'http', route: 'GET /greet/{name}' },
  },
  {
    name: 'project',
    entry: moduleWith(`
      export const handler = async ({ Records }) => { callsOfHostTest.push(Records.map(({ eventID }) => eventID)); };`),
    trigger: { kind: 'stream', batchSize: 2 },
  },
  {
    name: 'react',
    entry: moduleWith(`
      export const handler = async (event) => { callsOfHostTest.push([event['detail-type'], event.detail]); };`),
    trigger: { kind: 'bus', pattern: { 'detail-type': ['OrderPlaced'] }, retries: 0 },
  },
]);

let host: LocalHost | undefined;

afterEach(async () => {
  await host?.stop();
  host = undefined;
  calls.length = 0;
});

async function start(source = new RecordFeed('memory:test'), options: Partial<HostOptions> = {}) {
  const letters: DeadLetter[] = [];
  const deadLetters = {
    write: async (letter: DeadLetter) => {
      letters.push(letter);
    },
  };
  const environment = { GREETING: 'Hello' };
  host = await startHost({ functions, source, busName: 'orders', deadLetters, environment, ...options });
  return { host, source };
}

describe('the local host', () => {
  it('answers routes, over the network and without, with the environment that it was given', async () => {
    const { host } = await start();
    const { url } = await host.listen({ port: 0 });

    expect(await (await host.api.invoke('GET', '/greet/ada')).text()).toBe('Hello ada from greet');
    expect(await (await fetch(`${url}/greet/ben`)).text()).toBe('Hello ben from greet');
  });

  it('takes connections on the same port, to which its functions send by the management API', async () => {
    const echo = moduleWith(`
      export const handler = async ({ requestContext: { connectionId }, body }) => {
        const path = '/@connections/' + encodeURIComponent(connectionId);
        await fetch(process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI + path, { method: 'POST', body });
      };`);
    const leave = moduleWith(`
      export const handler = async ({ requestContext }) => { callsOfHostTest.push(requestContext.eventType); };`);
    const { host: talking } = await start(undefined, {
      functions: defineFunctions([
        { name: 'echo', entry: echo, trigger: { kind: 'socket', route: '$default' } },
        { name: 'leave', entry: leave, trigger: { kind: 'socket', route: '$disconnect' } },
      ]),
    });
    const { url } = await talking.listen({ port: 0 });
    const socket = new WebSocket(url.replace('http', 'ws'));
    await once(socket, 'open');

    socket.send('is anybody there?');
    const [message] = await once(socket, 'message');
    await talking.stop();
    host = undefined;

    expect(String(message)).toBe('is anybody there?');
    expect(calls).toEqual(['DISCONNECT']);
  });

  it('feeds the stream to the functions that it triggers, in batches of their size', async () => {
    const { source } = await start();

    for (const eventID of ['1', '2', '3']) source.push({ eventID, eventName: 'INSERT', dynamodb: {} });

    await expect.poll(() => calls.flat()).toEqual(['1', '2', '3']);
    expect(calls.every((batch) => Array.isArray(batch) && batch.length <= 2)).toBe(true);
  });

  it('carries what the functions publish, through the SDK, to the rules that match it', async () => {
    const { host } = await start();
    const client = new EventBridgeClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const entry = (DetailType: string) => ({
      EventBusName: 'orders',
      Source: 's',
      DetailType,
      Detail: '{"orderId":"1"}',
    });

    await client.send(new PutEventsCommand({ Entries: [entry('OrderPlaced'), entry('OrderLost')] }));
    await host.bus.idle();

    expect(calls).toEqual([['OrderPlaced', { orderId: '1' }]]);
  });

  it('goes on, with a state directory, where the one before it was', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'state-'));
    onTestFinished(() => rm(stateDirectory, { recursive: true }));
    const { host: first, source } = await start(undefined, { stateDirectory });
    for (const eventID of ['1', '2']) source.push({ eventID, eventName: 'INSERT', dynamodb: {} });
    await expect.poll(() => calls.flat()).toEqual(['1', '2']);
    await first.stop();
    source.push({ eventID: '3', eventName: 'INSERT', dynamodb: {} });

    const { host: second } = await start(source, { stateDirectory });

    await expect.poll(() => calls.flat()).toEqual(['1', '2', '3']);
    expect(second.resumed).toBe(0);
  });

  it('takes up, with a state directory, what was under way on the bus, once its functions are there', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'state-'));
    onTestFinished(() => rm(stateDirectory, { recursive: true }));
    const unable = defineFunctions([
      {
        name: 'react',
        entry: moduleWith(`export const handler = async () => { throw new Error('not now'); };`),
        trigger: { kind: 'bus', pattern: { 'detail-type': ['OrderPlaced'] } },
      },
    ]);
    const { host: first } = await start(undefined, { stateDirectory, functions: unable });
    await first.bus.putEvents({
      Entries: [{ EventBusName: 'orders', Source: 's', DetailType: 'OrderPlaced', Detail: '{"orderId":"1"}' }],
    });
    await first.stop();

    const { host: second } = await start(undefined, { stateDirectory });
    await second.bus.idle();

    expect(second.resumed).toBe(1);
    expect(calls).toEqual([['OrderPlaced', { orderId: '1' }]]);
  });

  it('gives its state directory free when it cannot start', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'state-'));
    onTestFinished(() => rm(stateDirectory, { recursive: true }));
    const empty = defineFunctions([
      { name: 'empty', entry: moduleWith('export const other = 1;'), trigger: { kind: 'http', route: 'GET /' } },
    ]);

    await expect(start(undefined, { stateDirectory, functions: empty })).rejects.toThrow('has no handler');

    await start(undefined, { stateDirectory });
  });

  it('says which function has no handler', async () => {
    const empty = defineFunctions([
      { name: 'empty', entry: moduleWith('export const other = 1;'), trigger: { kind: 'http', route: 'GET /' } },
    ]);
    const options = {
      source: new RecordFeed('memory:test'),
      busName: 'orders',
      deadLetters: { write: async () => undefined },
    };

    await expect(startHost({ functions: empty, ...options })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('Function "empty" has no handler'),
    });
    // Nothing goes on listening.
    await expect(fetch(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE ?? '')).rejects.toThrow('fetch failed');
  });
});

it('delivers what is published while functions are still being loaded, once they are', async () => {
  const eager = moduleWith(`
    await fetch(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ Entries: [{ EventBusName: 'orders', Source: 's', DetailType: 'Loaded', Detail: '{}' }] }),
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    export const handler = async (event) => { callsOfHostTest.push(event['detail-type']); };`);
  const trigger = { kind: 'bus', pattern: { 'detail-type': ['Loaded'] } } as const;

  await start(new RecordFeed('memory:eager'), {
    functions: defineFunctions([{ name: 'eager', entry: eager, trigger }]),
  });

  await expect.poll(() => calls, { timeout: 10_000 }).toEqual(['Loaded']);
});
