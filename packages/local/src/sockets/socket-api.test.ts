import { describe, expect, it } from 'vitest';
import { handClock } from '../schedules/clock.test.fixture.js';
import { type Ears, SocketApi, type SocketRoute } from './socket-api.js';
import type { SocketEvent } from './socket-event.js';

const MINUTE = 60_000;
const handshake = {
  query: 'token=t&tag=a&tag=b',
  headers: [
    ['Host', 'localhost:3000'],
    ['User-Agent', 'wscat'],
    ['X-Twice', 'one'],
    ['X-Twice', 'two'],
  ],
  sourceIp: '127.0.0.1',
} as const;

function startApi(answers: Readonly<Record<string, (event: SocketEvent) => unknown>>) {
  const clock = handClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const logged: string[] = [];
  const events: SocketEvent[] = [];
  const routes = Object.entries(answers).map(
    ([route, answer]): SocketRoute => ({
      name: route.replace('$', ''),
      route,
      handler: async (event) => {
        events.push(event);
        return answer(event);
      },
    }),
  );
  const api = new SocketApi({ routes, log: (message) => logged.push(message), clock, random: () => 0.5 });
  const sent: string[] = [];
  const closed: number[] = [];
  const open = async () => {
    const admission = await api.connect(handshake);
    let ears: Ears | undefined;
    ears = admission.open?.({
      send: async (text) => void sent.push(text),
      close: (code, reason) => {
        closed.push(code);
        ears?.closed(code, reason);
      },
    });
    return ears ?? expect.unreachable('refused');
  };
  return { api, clock, events, logged, sent, closed, open };
}

const ok = () => ({ statusCode: 200 });
const ID = 'gICAgICAgICAgIA=';

describe('a WebSocket API', () => {
  it('asks $connect with what the client sent', async () => {
    const { api, events } = startApi({ $connect: ok });

    await api.connect(handshake);

    expect(events).toEqual([
      {
        headers: { Host: 'localhost:3000', 'User-Agent': 'wscat', 'X-Twice': 'two' },
        multiValueHeaders: { Host: ['localhost:3000'], 'User-Agent': ['wscat'], 'X-Twice': ['one', 'two'] },
        queryStringParameters: { token: 't', tag: 'b' },
        multiValueQueryStringParameters: { token: ['t'], tag: ['a', 'b'] },
        requestContext: {
          routeKey: '$connect',
          eventType: 'CONNECT',
          extendedRequestId: '88888888-8888-4888-a888-888888888888',
          requestTime: '02/Jan/2026:03:04:05 +0000',
          messageDirection: 'IN',
          stage: 'live',
          connectedAt: 1_767_323_045_000,
          requestTimeEpoch: 1_767_323_045_000,
          identity: { sourceIp: '127.0.0.1', userAgent: 'wscat' },
          requestId: '88888888-8888-4888-a888-888888888888',
          domainName: 'localhost:3000',
          connectionId: ID,
          apiId: 'local',
        },
        isBase64Encoded: false,
      },
    ]);
  });

  it.each([
    ['the status that refuses', () => ({ statusCode: 401 }), 401],
    ['502 where the function throws', () => Promise.reject(new Error('broken')), 502],
    ['502 where it says nothing', () => undefined, 502],
  ])('answers a handshake with %s', async (_what, answer, status) => {
    const { api } = startApi({ $connect: answer });

    expect(await api.connect(handshake)).toEqual({ status });
    expect(await api.post(ID, 'hello')).toBe(false);
  });

  it('chooses the subprotocol that $connect names', async () => {
    const { api } = startApi({
      $connect: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } }),
    });

    expect(await api.connect(handshake)).toMatchObject({ subprotocol: 'bearer' });
  });

  it('is there for the management API once the handshake is over, and until the connection is', async () => {
    let duringHandshake: boolean | undefined;
    const { api, open, sent } = startApi({
      $connect: async () => {
        duringHandshake = await api.post(ID, 'early');
        return ok();
      },
    });

    const ears = await open();

    expect(duringHandshake).toBe(false);
    expect(await api.post(ID, 'hello')).toBe(true);
    expect(api.find(ID)).toMatchObject({ sourceIp: '127.0.0.1', userAgent: 'wscat' });
    ears.closed(1005, '');
    expect([await api.post(ID, 'late'), api.find(ID), api.disconnect(ID)]).toEqual([false, undefined, false]);
    expect(sent).toEqual(['hello']);
  });

  it('routes a message by its action, and to $default what has none that is routed', async () => {
    const { api, open, events } = startApi({ $connect: ok, say: ok, $default: ok });
    const ears = await open();
    const messages = ['{"action":"say"}', '{"action":"sing"}', 'hello', '{"action":"$connect"}', 'null'];

    for (const message of messages) ears.message(message);
    await api.stop();

    expect(events.slice(1).map(({ requestContext: { routeKey }, body }) => [routeKey, body])).toEqual([
      ['say', messages[0]],
      ['$default', messages[1]],
      ['$default', messages[2]],
      ['$default', messages[3]],
      ['$default', messages[4]],
    ]);
    expect(events[1]?.requestContext).toMatchObject({ eventType: 'MESSAGE', messageId: expect.any(String) });
  });

  it('tells the client of a message that no route takes, and of a function that fails', async () => {
    const { api, open, sent, logged } = startApi({ say: () => Promise.reject(new Error('broken')) });
    const ears = await open();

    ears.message('hello');
    ears.message('{"action":"say"}');
    await api.stop();

    expect(sent.map((text) => JSON.parse(text).message)).toEqual(['Forbidden', 'Internal server error']);
    expect(logged).toEqual(['"say" failed on a message.']);
  });

  it('tells $disconnect how a connection ended', async () => {
    const { api, open, events } = startApi({ $disconnect: ok });
    await open();

    api.disconnect(ID);

    expect(events[0]?.requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      connectionId: ID,
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
  });

  it('ends a connection after ten minutes without a message in either direction', async () => {
    const { api, clock, open, closed } = startApi({ $default: ok });
    const ears = await open();

    await clock.pass(9 * MINUTE);
    ears.message('still here');
    await clock.pass(9 * MINUTE);
    await api.post(ID, 'so am I');
    await clock.pass(9 * MINUTE);
    expect(closed).toEqual([]);
    await clock.pass(MINUTE + 1_000);

    expect(closed).toEqual([1001]);
  });

  it('ends a connection after two hours, however much is said', async () => {
    const { api, clock, open, closed } = startApi({ $default: ok });
    await open();

    for (let minutes = 0; minutes < 119; minutes += 7) {
      await clock.pass(7 * MINUTE);
      await api.post(ID, 'tick');
    }
    await clock.pass(2 * MINUTE);

    expect(closed).toEqual([1001]);
  });

  it('ends every connection when it is stopped, and waits for what $disconnect does', async () => {
    let isDone = false;
    const { api, open, closed } = startApi({
      $disconnect: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        isDone = true;
      },
    });
    await open();

    await api.stop();

    expect(closed).toEqual([1001]);
    expect(isDone).toBe(true);
  });
});
