import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusEvent } from './bus-event.js';
import { EventBus } from './event-bus.js';
import { type BusServer, serveBus } from './serve-bus.js';

const placed = { Source: 'order', DetailType: 'OrderPlaced', Detail: '{"orderId":"1"}' };

describe('a bus behind the AWS SDK', () => {
  let bus: EventBus;
  let server: BusServer;
  let client: EventBridgeClient;
  let events: BusEvent[];

  beforeEach(async () => {
    events = [];
    bus = new EventBus({
      rules: [{ name: 'orders', pattern: { source: ['order'] }, handler: async (event) => void events.push(event) }],
      deadLetters: { write: () => Promise.resolve() },
      log: () => undefined,
    });
    server = await serveBus(bus);
    client = new EventBridgeClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    client.destroy();
    await server.stop();
  });

  function send(input: PutEventsCommandInput) {
    return client.send(new PutEventsCommand(input));
  }

  it('takes what a client publishes, and answers with the id of each event', async () => {
    const time = new Date('2026-01-02T03:04:05.678Z');

    const answer = await send({ Entries: [{ ...placed, Time: time, Resources: ['arn:aws:x'] }, placed] });
    await bus.idle();

    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.FailedEntryCount).toBe(0);
    expect(answer.Entries?.map(({ EventId }) => EventId)).toEqual(events.map(({ id }) => id));
    expect(events[0]).toMatchObject({
      'detail-type': 'OrderPlaced',
      source: 'order',
      time: '2026-01-02T03:04:05Z',
      resources: ['arn:aws:x'],
      detail: { orderId: '1' },
    });
  });

  it('answers in process what it answers a client', async () => {
    const input: PutEventsCommandInput = { Entries: [placed, { ...placed, Detail: '[]' }] };

    const inProcess = await bus.putEvents(input);
    const { $metadata, ...overTheWire } = await send(input);

    const anyIds = (json: object) => JSON.parse(JSON.stringify(json).replace(/[0-9a-f-]{36}/g, 'id'));
    expect(anyIds(inProcess)).toEqual(anyIds(overTheWire));
  });

  it('answers for each entry that it refuses', async () => {
    const answer = await send({ Entries: [{ ...placed, Detail: 'no JSON' }, placed, { Source: 'order' }] });

    expect(answer.FailedEntryCount).toBe(2);
    expect(answer.Entries).toEqual([
      { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
      { EventId: expect.any(String) },
      {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
      },
    ]);
  });

  it('has the client throw a ValidationException for 11 entries', async () => {
    await expect(send({ Entries: new Array(11).fill(placed) })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Member must have length less than or equal to 10'),
      $metadata: { httpStatusCode: 400 },
    });
    expect(bus.counts.published).toBe(0);
  });

  it('has the client throw a ValidationException for more than 1 MB', async () => {
    const Detail = JSON.stringify({ text: 'x'.repeat(1_048_576) });

    await expect(send({ Entries: [{ ...placed, Detail }] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  it('has the client throw an InternalException once the bus is stopped', async () => {
    await bus.stop();

    await expect(send({ Entries: [placed] })).rejects.toMatchObject({
      name: 'InternalException',
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('takes the entries of many requests at the same time', async () => {
    await Promise.all(Array.from({ length: 50 }, () => send({ Entries: [placed, placed] })));
    await bus.idle();

    expect(bus.counts).toMatchObject({ published: 100, delivered: 100 });
    expect(new Set(events.map(({ id }) => id)).size).toBe(100);
  });

  it.each([
    ['another action', 'POST', '/', { 'x-amz-target': 'AWSEvents.PutRule' }, '{}', 'UnknownOperationException'],
    ['no action', 'POST', '/', {}, '{}', 'UnknownOperationException'],
    ['another method', 'GET', '/', { 'x-amz-target': 'AWSEvents.PutEvents' }, undefined, 'UnknownOperationException'],
    ['another path', 'POST', '/bus', { 'x-amz-target': 'AWSEvents.PutEvents' }, '{}', 'UnknownOperationException'],
    ['no JSON', 'POST', '/', { 'x-amz-target': 'AWSEvents.PutEvents' }, '{', 'SerializationException'],
    ['no entries', 'POST', '/', { 'x-amz-target': 'AWSEvents.PutEvents' }, '{}', 'ValidationException'],
  ])('answers a request with %s in AWS JSON', async (_, method, path, headers, body, type) => {
    const response = await fetch(server.endpoint + path, { method, headers, ...(body && { body }) });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await response.json()).toEqual({ __type: type, message: expect.any(String) });
  });
});
