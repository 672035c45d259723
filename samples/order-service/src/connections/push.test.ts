import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { SocketApi, serveConnections } from '@everfold/local';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InMemoryConnections } from './connections.js';
import { createPush, type Push } from './push.js';

const NOW = Date.UTC(2026, 0, 2);
const clock = { now: () => NOW, sleep: async () => undefined };
const MESSAGE = { status: 'paid' };

describe('a push', () => {
  let accepted = '';
  const connect = {
    name: 'connect',
    route: '$connect',
    handler: async ({ requestContext }: { requestContext: { connectionId: string } }) => {
      accepted = requestContext.connectionId;
      return { statusCode: 200 };
    },
  };
  const api = new SocketApi({ routes: [connect], log: () => undefined });
  let server: Awaited<ReturnType<typeof serveConnections>>;
  let client: ApiGatewayManagementApiClient;
  let connections: InMemoryConnections;
  let posted: number;
  let broken: string | undefined;
  let push: Push;

  beforeAll(async () => {
    server = await serveConnections(api);
    client = new ApiGatewayManagementApiClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        posted++;
        if ((args.input as { ConnectionId?: string }).ConnectionId === broken) throw new Error('Too many requests');
        return next(args);
      },
      { step: 'initialize', name: 'count' },
    );
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
    await api.stop();
  });

  beforeEach(() => {
    connections = new InMemoryConnections(clock);
    posted = 0;
    broken = undefined;
    push = createPush({ connections, client, clock });
  });

  /** Opens a connection of a customer, a minute ago. What it hears is in the list. */
  async function open(customerId: string) {
    const heard: string[] = [];
    const admission = await api.connect({ query: '', headers: [], sourceIp: '127.0.0.1' });
    admission.open?.({ send: async (text) => void heard.push(text), close: () => undefined });
    const connectionId = accepted;
    await connections.add({ customerId, connectionId, openedAt: NOW - 60_000 });
    return { heard, connectionId };
  }

  it('asks API Gateway nothing where the customer has no connection', async () => {
    await open('grace');

    await push('ada', MESSAGE);

    expect(posted).toBe(0);
  });

  it('sends to every connection of the customer, and to nobody else', async () => {
    const [one, other, another] = [await open('ada'), await open('ada'), await open('grace')];

    await push('ada', MESSAGE);

    expect([one.heard, other.heard, another.heard]).toEqual([['{"status":"paid"}'], ['{"status":"paid"}'], []]);
    expect(posted).toBe(2);
  });

  it('removes a connection that is gone, and sends to the others', async () => {
    await connections.add({ customerId: 'ada', connectionId: 'gone', openedAt: NOW - 30_001 });
    const { heard } = await open('ada');

    await push('ada', MESSAGE);
    await push('ada', MESSAGE);

    expect(heard).toHaveLength(2);
    expect(posted).toBe(3);
    expect(await connections.of('ada')).toHaveLength(1);
  });

  it('keeps a connection that may not be there yet, and is to be called again', async () => {
    await connections.add({ customerId: 'ada', connectionId: 'young', openedAt: NOW - 30_000 });
    const { heard } = await open('ada');

    await expect(push('ada', MESSAGE)).rejects.toThrow('1 of 2 connections were not sent to: GoneException');

    expect(heard).toHaveLength(1);
    expect(await connections.of('ada')).toHaveLength(2);
  });

  it('sends to the others where a connection fails, keeps it, and is to be called again', async () => {
    const failing = await open('ada');
    const { heard } = await open('ada');
    broken = failing.connectionId;

    await expect(push('ada', MESSAGE)).rejects.toThrow('1 of 2 connections were not sent to: Error: Too many requests');

    expect(heard).toHaveLength(1);
    expect(await connections.of('ada')).toHaveLength(2);
  });
});
