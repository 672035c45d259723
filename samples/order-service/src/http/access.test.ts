import { InMemoryEventStore, systemClock, systemIds } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import { HttpApi, type LambdaHandler, startTokenIssuer, type TokenIssuer } from '@everfold/local';
import { InMemoryParkingLot, InMemoryReadModelStore } from '@everfold/projections';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { functions } from '../functions.js';
import { STAFF_SCOPE } from './caller.js';
import { corsFor } from './cors.js';

/* Who may do what, by the service's own handlers behind the gateway of the local host. */

const store = new InMemoryEventStore();
const records: DynamoDBRecord[] = [];
store.subscribe((commit) => records.push(encodeStreamRecord(commit, records.length + 1)));
const reads: string[] = [];
const ORIGIN = 'https://shop.example.com';

let issuer: TokenIssuer;
let api: HttpApi;
let project: () => Promise<void>;

const load = async (name: string, entry: URL) => {
  const module: { handler: LambdaHandler<unknown> } = await import(entry.href.replace('.js', '.ts'));
  return { name, handler: module.handler };
};

beforeAll(async () => {
  // Handlers are made once for a process, and other tests may have made them with surroundings of their own.
  vi.resetModules();
  const { provide } = await import('../services/provided.js');
  const readModels = new InMemoryReadModelStore();
  const parkingLot = new InMemoryParkingLot();
  provide({
    eventStore: store,
    eventReader: store,
    inRowWrites: readModels,
    besideRowsWrites: readModels,
    readModels: new Proxy(readModels, {
      get: (target, name) => {
        if (name === 'get') reads.push(String(name));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    parkingQueries: parkingLot,
    parkingWrites: parkingLot,
    timers: { set: async () => undefined },
    clock: systemClock,
    ids: systemIds,
  });
  const routes = functions.flatMap(({ name, entry, trigger }) =>
    trigger.kind === 'http' ? [load(name, entry).then((loaded) => ({ ...loaded, ...trigger }))] : [],
  );
  issuer = await startTokenIssuer();
  api = new HttpApi({ routes: await Promise.all(routes), jwt: issuer, cors: corsFor(ORIGIN), log: console.error });
  const projections = await Promise.all(
    functions
      .filter(({ name }) => name === 'project-orders' || name === 'track-fulfilment')
      .map(({ name, entry }) => load(name, entry)),
  );
  project = async () => {
    const event = { Records: records.splice(0) };
    // No projection looks at the context.
    for (const { handler } of projections) await handler(event, Object.create(null));
  };
});
afterAll(async () => {
  vi.resetModules();
  await issuer.stop();
});

const as = async (subject: string, scopes?: string[]) => ({
  authorization: `Bearer ${await issuer.token({ subject, ...(scopes && { scopes }) })}`,
});
const staff = () => as('ann', [STAFF_SCOPE]);

const order = { lines: [{ productId: 'lamp', units: 1 }], amountCents: 4_990, postcode: '01310-100' };

async function place(orderId: string, by: string) {
  const answer = await api.invoke('POST', '/orders', { ...order, orderId }, await as(by));
  expect(answer.status).toBe(202);
}

describe('a customer', () => {
  it('places orders as who they are, and not as somebody else', async () => {
    await place('of-ada', 'ada');
    const forged = await api.invoke('POST', '/orders', { ...order, customerId: 'eve' }, await as('ada'));
    await project();

    const mine = await api.invoke('GET', '/orders/of-ada', undefined, await as('ada'));

    expect(await mine.json()).toMatchObject({ orderId: 'of-ada', customerId: 'ada' });
    expect(forged.status).toBe(400);
  });

  it.each([
    ['GET', ''],
    ['GET', '/fulfilment'],
    ['POST', '/cancellation'],
  ])('is answered %s /orders/{id}%s of another as if there were none', async (method, rest) => {
    const orderId = `other-${method}${rest.slice(1)}`;
    const ask = async (id: string, headers: Record<string, string>) => {
      const answer = await api.invoke(method, `/orders/${id}${rest}`, method === 'POST' ? {} : undefined, headers);
      return { status: answer.status, body: (await answer.text()).replaceAll(id, '{id}') };
    };
    await place(orderId, 'ada');
    await project();

    const byOther = await ask(orderId, await as('eve'));

    expect(byOther).toEqual(await ask('nothing', await as('eve')));
    expect(byOther).toMatchObject({ status: 404, body: expect.stringContaining('"ORDER_NOT_FOUND"') });
    expect((await ask(orderId, await staff())).status).toBe(method === 'POST' ? 202 : 200);
    expect((await ask(orderId, await as('ada'))).status).toBe(method === 'POST' ? 202 : 200);
  });

  it('does not see an order before its row is there, and nobody else does', async () => {
    await place('fresh', 'ada');
    const statuses = async () =>
      Promise.all(
        [await as('ada'), await as('eve')].map(
          async (headers) => (await api.invoke('GET', '/orders/fresh', undefined, headers)).status,
        ),
      );

    expect(await statuses()).toEqual([404, 404]);
    await project();
    expect(await statuses()).toEqual([200, 404]);
  });

  it('may not take an order of another by its id', async () => {
    await place('taken', 'ada');

    const answer = await api.invoke('POST', '/orders', { ...order, orderId: 'taken' }, await as('eve'));

    expect(answer.status).toBe(409);
  });

  it('costs one read more than staff only where a run does not say whose it is', async () => {
    await place('counted', 'ada');
    await project();
    const readsOf = async (path: string, headers: Record<string, string>) => {
      reads.length = 0;
      await api.invoke('GET', path, undefined, headers);
      return reads.length;
    };

    expect(await readsOf('/orders/counted', await as('ada'))).toBe(1);
    expect(await readsOf('/orders/counted', await staff())).toBe(1);
    expect(await readsOf('/orders/counted/fulfilment', await staff())).toBe(1);
    expect(await readsOf('/orders/counted/fulfilment', await as('ada'))).toBe(2);
  });
});

describe('the gateway', () => {
  const others = functions.flatMap(({ trigger }) => (trigger.kind === 'http' ? [trigger] : []));

  it.each(others.map(({ route }) => route))('lets nobody without a valid token call %s', async (route) => {
    const [method = '', path = ''] = route.replace('{id}', '7').split(' ');
    const expired = await issuer.token({ subject: 'ada', expiresInSeconds: -1 });
    const stranger = await startTokenIssuer();
    const wrong = await stranger.token({ subject: 'ada', scopes: [STAFF_SCOPE] });
    await stranger.stop();

    for (const authorization of [undefined, `Bearer ${expired}`, `Bearer ${wrong}`, 'Basic YWRhOnB3']) {
      const answer = await api.invoke(method, path, undefined, authorization === undefined ? {} : { authorization });

      expect([answer.status, await answer.text()]).toEqual([401, '{"message":"Unauthorized"}']);
    }
  });

  it.each(['POST /orders/{id}/approval', 'GET /orders', 'GET /revenue'])(
    'leaves %s to those who work here',
    async (route) => {
      const [method = '', path = ''] = route.replace('{id}', '7').split(' ');
      const ask = async (headers: Record<string, string>) =>
        (await api.invoke(method, path, method === 'POST' ? {} : undefined, headers)).status;

      expect(await ask(await as('ada'))).toBe(403);
      expect(await ask(await as('ada', ['orders/staffed', 'orders']))).toBe(403);
      // It may be that something else is wrong with what they ask.
      expect([200, 400]).toContain(await ask(await staff()));
    },
  );

  it('takes no body that AWS Lambda would not', async () => {
    const body = { ...order, postcode: 'x'.repeat(6_291_456) };

    expect((await api.invoke('POST', '/orders', body, await as('ada'))).status).toBe(413);
  });

  it('answers a page of the shop beforehand, and no other', async () => {
    const preflight = async (origin: string) => {
      const asked = { origin, 'access-control-request-method': 'POST' };
      const answer = await api.invoke('OPTIONS', '/orders', undefined, asked);
      return [answer.status, answer.headers.get('access-control-allow-origin')];
    };

    expect(await preflight(ORIGIN)).toEqual([204, ORIGIN]);
    expect(await preflight('https://evil.example.com')).toEqual([204, null]);
  });
});

describe('a body that is no JSON', () => {
  it('is answered with 400', async () => {
    const text = '{"lines":';
    const answer = await api.handle({
      method: 'POST',
      path: '/orders',
      query: '',
      headers: [['content-type', 'application/json'], ...Object.entries(await as('ada'))],
      body: Buffer.from(text),
      sourceIp: '127.0.0.1',
      protocol: 'HTTP/1.1',
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'INVALID_REQUEST', message: 'The body is not JSON.' },
    });
  });
});

it('answers 500 where it is deployed without its authorizer', async () => {
  const loaded = await Promise.all(
    functions.flatMap(({ name, entry, trigger }) =>
      trigger.kind === 'http' && !trigger.scopes ? [load(name, entry).then((fn) => ({ ...fn, ...trigger }))] : [],
    ),
  );
  const open = new HttpApi({ routes: loaded, log: () => undefined });

  expect((await open.invoke('GET', '/orders/of-ada')).status).toBe(500);
});
