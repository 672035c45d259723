import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock, systemIds } from '@everfold/core';
import { startTokenIssuer } from '@everfold/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { DynamoDBConnections } from '../connections/dynamodb-connections.js';
import type { StatusChange } from '../connections/status-change.js';
import { type RunningCommand, runCommand } from './run-cli.test.fixture.js';

const CONNECTIONS_TABLE = `connections-${systemIds()}`;
const connections = new DynamoDBConnections({
  client: new DynamoDBClient({
    endpoint: process.env.DYNAMODB_ENDPOINT ?? 'http://localhost:8000',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
  tableName: CONNECTIONS_TABLE,
  clock: systemClock,
});

/** Long enough for an order on a busy machine. */
const SLOW = { timeout: 20_000 };

describe('a customer who is connected', () => {
  let service: RunningCommand;
  let url = '';
  let tokens = '';

  beforeAll(async () => {
    service = runCommand('start', ['--port', '0'], { CONNECTIONS_TABLE });
    url = (await service.outputs(/Listening on (http:\S+)/))[1] ?? '';
    tokens = (await service.outputs(/YOU=\$\(curl -s '(http:\S+)'\)/))[1] ?? '';
  });

  afterAll(async () => {
    service.interrupt();
    expect(await service.ended).toMatchObject({ status: 0 });
  });

  const tokenOf = async (customerId: string) => (await fetch(tokens.replace('you', customerId))).text();

  /** Connects as a browser can, or with the token in the address. What comes in is in the list. */
  async function connect(customerId: string, how: 'header' | 'query' = 'header') {
    const token = await tokenOf(customerId);
    const address = url.replace('http', 'ws');
    const socket =
      how === 'header' ? new WebSocket(address, ['bearer', token]) : new WebSocket(`${address}/live?token=${token}`);
    const heard: StatusChange[] = [];
    socket.on('message', (bytes) => heard.push(JSON.parse(bytes.toString())));
    await once(socket, 'open');
    return { socket, heard };
  }

  async function place(customerId: string, orderId: string, more: object = {}) {
    const lines = [{ productId: 'lamp', units: 1 }];
    const body = JSON.stringify({ orderId, lines, amountCents: 4_990, postcode: '01310-100', ...more });
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: await tokenOf(customerId) },
      body,
    });
    expect(answer.status).toBe(202);
  }

  const statusesOf = (heard: readonly StatusChange[]) =>
    [...heard].sort((one, other) => one.progress - other.progress).map(({ status }) => status);

  it('hears of every change of an order, with a number that grows with time, on each connection; and nobody else does', async () => {
    const [one, other, grace] = [await connect('ada'), await connect('ada', 'query'), await connect('grace')];

    await place('ada', 'of-ada');
    await place('grace', 'of-grace', { paymentToken: 'tok_declined' });

    for (const { heard } of [one, other]) {
      await expect.poll(() => statusesOf(heard), SLOW).toEqual(['placed', 'reserved', 'paid', 'shipped', 'completed']);
      expect(new Set(heard.map(({ orderId }) => orderId))).toEqual(new Set(['of-ada']));
      const byProgress = [...heard].sort((a, b) => a.progress - b.progress).map(({ at }) => at);
      expect(byProgress).toEqual([...byProgress].sort());
    }
    await expect.poll(() => statusesOf(grace.heard), SLOW).toEqual(['placed', 'reserved', 'cancelling', 'cancelled']);
    expect(new Set(grace.heard.map(({ orderId }) => orderId))).toEqual(new Set(['of-grace']));
    for (const { socket } of [one, other, grace]) socket.close();
  });

  it('is forgotten when a connection is over, told or found out', async () => {
    await connections.add({ customerId: 'cora', connectionId: 'gone=', openedAt: Date.now() - 60_000 });
    const { socket, heard } = await connect('cora');

    await place('cora', 'of-cora');
    await expect.poll(() => statusesOf(heard), SLOW).toContain('completed');

    const left = await connections.of('cora');
    expect(left).toEqual([expect.not.objectContaining({ connectionId: 'gone=' })]);
    socket.close();
    await expect.poll(() => connections.of('cora'), SLOW).toEqual([]);
  });

  it('is refused with 401 without a token, with something else, and with a token of somebody else', async () => {
    const other = await startTokenIssuer();
    const foreign = await other.token({ subject: 'ada' });
    await other.stop();

    for (const protocols of [[], ['bearer', 'forged'], ['bearer', foreign]]) {
      const socket = new WebSocket(url.replace('http', 'ws'), protocols);
      const [, response] = await once(socket, 'unexpected-response');

      expect(response.statusCode).toBe(401);
    }
  });
});
