import { once } from 'node:events';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HttpApi } from '../http/http-api.js';
import { type HttpServer, serveHttp } from '../http/serve-http.js';
import { type ConnectionsServer, serveConnections } from './serve-connections.js';
import { serveSockets } from './serve-sockets.js';
import { SocketApi } from './socket-api.js';
import type { SocketEvent } from './socket-event.js';

describe('a WebSocket API on a port', () => {
  let events: SocketEvent[];
  let api: SocketApi;
  let server: HttpServer;
  let connections: ConnectionsServer;
  let client: ApiGatewayManagementApiClient;

  beforeEach(async () => {
    events = [];
    const handler = async (event: SocketEvent) => {
      events.push(event);
      const wanted = event.queryStringParameters?.status ?? '200';
      return { statusCode: Number(wanted), headers: { 'Sec-WebSocket-Protocol': 'chat' } };
    };
    const log = () => undefined;
    const routes = ['$connect', '$default', '$disconnect'].map((route) => ({ name: route.slice(1), route, handler }));
    api = new SocketApi({ routes, log });
    const greet = async () => 'hello';
    const http = new HttpApi({ routes: [{ name: 'greet', route: 'GET /greet', handler: greet }], log });
    server = await serveHttp(http, { port: 0, sockets: serveSockets(api) });
    connections = await serveConnections(api);
    client = new ApiGatewayManagementApiClient({
      endpoint: connections.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
  });

  afterEach(async () => {
    client.destroy();
    await server.stop();
    await api.stop();
    await connections.stop();
  });

  const url = (path: string) => `${server.url.replace('http', 'ws')}${path}`;

  async function connect(path = '/live?from=test') {
    const socket = new WebSocket(url(path), ['chat']);
    await once(socket, 'open');
    const ConnectionId = events[0]?.requestContext.connectionId ?? '';
    return { socket, ConnectionId };
  }

  it('opens connections on the port of the routes, with the subprotocol that $connect chose', async () => {
    const { socket } = await connect();

    expect(socket.protocol).toBe('chat');
    expect(events[0]?.queryStringParameters).toEqual({ from: 'test' });
    expect(await (await fetch(`${server.url}/greet`)).text()).toBe('hello');
  });

  it.each([
    ['/?status=401', 401],
    ['/?status=403', 403],
    ['/other', 403],
  ])('refuses a handshake at %s with %s', async (path, status) => {
    const socket = new WebSocket(url(path), ['chat']);
    const [, response] = await once(socket, 'unexpected-response');

    expect(response.statusCode).toBe(status);
  });

  it('sends what is posted by the AWS SDK, byte for byte', async () => {
    const { socket, ConnectionId } = await connect();
    const heard = once(socket, 'message');

    await client.send(new PostToConnectionCommand({ ConnectionId, Data: '{"status":"für Zoë"}' }));

    const [bytes, isBinary] = await heard;
    expect([String(bytes), isBinary]).toEqual(['{"status":"für Zoë"}', false]);
  });

  it('tells of a connection, and closes it', async () => {
    const { socket, ConnectionId } = await connect();
    const closed = once(socket, 'close');

    const state = await client.send(new GetConnectionCommand({ ConnectionId }));
    await client.send(new DeleteConnectionCommand({ ConnectionId }));

    expect(state).toMatchObject({ Identity: { SourceIp: '127.0.0.1' }, ConnectedAt: expect.any(Date) });
    expect(await closed).toEqual([1000, Buffer.from('Connection Closed Normally')]);
    await expect.poll(() => events.at(-1)?.requestContext.eventType).toBe('DISCONNECT');
    const late = [
      client.send(new GetConnectionCommand({ ConnectionId })),
      client.send(new DeleteConnectionCommand({ ConnectionId })),
      client.send(new PostToConnectionCommand({ ConnectionId, Data: 'late' })),
    ];
    for (const each of late)
      await expect(each).rejects.toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
  });

  it('takes messages up to 128 KB in frames up to 32 KB, and answers pings', async () => {
    const { socket } = await connect();
    const part = 'x'.repeat(32 * 1024);

    for (const fin of [false, false, false, true]) socket.send(part, { fin });
    await expect.poll(() => events.at(-1)?.body).toBe(part.repeat(4));
    const pong = once(socket, 'pong');
    socket.ping('there?');

    expect(await pong).toEqual([Buffer.from('there?')]);
  });

  it.each<[string, number, (socket: WebSocket) => void]>([
    ['a frame over 32 KB', 1009, (socket) => socket.send('x'.repeat(32 * 1024 + 1))],
    [
      'a message over 128 KB',
      1009,
      (socket) => {
        for (const fin of [false, false, false, false, true]) socket.send('x'.repeat(32 * 1024), { fin });
      },
    ],
    ['a binary message', 1003, (socket) => socket.send(Buffer.from('x'))],
  ])('closes a connection on %s with %s', async (_what, code, send) => {
    const { socket } = await connect();
    const closed = once(socket, 'close');

    send(socket);

    expect((await closed)[0]).toBe(code);
    expect(events.filter(({ requestContext }) => requestContext.eventType === 'MESSAGE')).toEqual([]);
  });

  it('refuses to post more than 128 KB', async () => {
    const { ConnectionId } = await connect();
    const Data = 'x'.repeat(128 * 1024 + 1);

    await expect(client.send(new PostToConnectionCommand({ ConnectionId, Data }))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
    });
  });

  describe('that is stopped', () => {
    /** Does not wait for anybody. */
    const hasty = { now: () => 0, sleep: async () => undefined };

    it.each([
      ['closes its connections, and tells $disconnect', undefined, 1001],
      ['does not wait for a client that does not answer', hasty, 1006],
    ])('%s', async (_what, clock, code) => {
      const other = await serveHttp(new HttpApi({ routes: [], log: () => undefined }), {
        port: 0,
        sockets: serveSockets(api, clock),
      });
      const socket = new WebSocket(other.url.replace('http', 'ws'), ['chat']);
      await once(socket, 'open');
      const closed = once(socket, 'close');
      if (clock) socket.pause();

      await other.stop();
      await api.stop();

      expect(events.at(-1)?.requestContext).toMatchObject({ eventType: 'DISCONNECT', disconnectStatusCode: code });
      socket.resume();
      expect((await closed)[0]).toBe(1001);
    });
  });
});
