import { readFile } from 'node:fs/promises';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { operations } from './operations.js';

/* The API on the local host, through the handlers that are deployed. */

const ORDER = {
  lines: [{ productId: 'lamp', units: 1 }],
  amountCents: 4_990,
  postcode: '01310-100',
};
const LARGE = { ...ORDER, amountCents: 600_000 };

type Service = Awaited<ReturnType<typeof import('./api.test.fixture.js')['startService']>>;
let service: Service;
let conforms: (answer: Answer) => void;

beforeAll(async () => {
  // Handlers are made once for a process: these are to be of these tables.
  vi.resetModules();
  const { startService } = await import('./api.test.fixture.js');
  service = await startService();
  conforms = await contract();
});

afterAll(async () => {
  await service.stop();
  vi.unstubAllEnvs();
  vi.resetModules();
  expect(service.deadLetters).toEqual([]);
});

interface Answer {
  readonly route: string;
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
  readonly body: any;
}

type By = keyof Service['tokens'];

/** Asks the API, and holds the answer to the document. */
async function ask(
  route: string,
  path: string,
  body?: unknown,
  { by = 'ada', ...headers }: Readonly<Record<string, string>> & { readonly by?: By } = {},
): Promise<Answer> {
  const [method = ''] = route.split(' ');
  const authorization = `Bearer ${service.tokens[by]}`;
  const response = await service.api.invoke(method, path, body, { authorization, ...headers });
  const text = await response.text();
  const answer = { route, status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  conforms(answer);
  return answer;
}

const place = (body: object, headers?: Parameters<typeof ask>[3]) => ask('POST /orders', '/orders', body, headers);
const cancel = (id: string, headers?: Parameters<typeof ask>[3]) =>
  ask('POST /orders/{id}/cancellation', `/orders/${id}/cancellation`, {}, headers);
const show = (id: string, headers?: Parameters<typeof ask>[3]) =>
  ask('GET /orders/{id}', `/orders/${id}`, undefined, headers);

/** Asks until the answer is as it is to be: read models are a moment behind. */
const until = <TAnswer>(asking: () => Promise<TAnswer | undefined>) =>
  vi.waitUntil(asking, { timeout: 20_000, interval: 50 });

const shown = (id: string, is: (view: Answer['body']) => boolean): Promise<Answer> =>
  until(async () => {
    const answer = await show(id);
    return answer.status === 200 && is(answer.body) ? answer : undefined;
  });

/** What an answer says, whole. */
const whole = ({ status, headers, body }: Answer) => ({
  status,
  location: headers.get('location'),
  etag: headers.get('etag'),
  body,
});

/** Checks answers by the committed document, and by the schemas that it is made of, which know of nothing more. */
async function contract(): Promise<typeof conforms> {
  const document = JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8'));
  const ajv = addFormats.default(new Ajv2020.default({ strict: false, allErrors: true }));
  ajv.addSchema(document, 'openapi');
  return ({ route, status, headers, body }) => {
    const [method = '', path = ''] = route.split(' ');
    const operation = document.paths[path][method.toLowerCase()];
    const documented = operation.responses[status];
    expect(documented, `${route} may answer ${status}`).toBeDefined();
    for (const name of Object.keys(documented.headers ?? {}))
      expect(headers.get(name), name).toEqual(expect.any(String));
    if (documented.content === undefined) return expect(body).toBe('');
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json'];
    const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    const ref = `openapi#/${escaped.join('/')}/schema`;
    const validate = ajv.getSchema(ref) ?? expect.unreachable(ref);
    validate(body);
    expect(validate.errors).toBeNull();
    const { answer } = operations[operation.operationId] ?? expect.unreachable();
    if (status === answer.status) expect(answer.body.safeParse(body).error).toBeUndefined();
  };
}

describe('POST /orders with an Idempotency-Key', () => {
  it('places an order once, and gives the first answer to a repeated request at the cost of one Query', async () => {
    const key = { 'idempotency-key': '"8e03978e-40d5-43e8-bc93-6894a57f9324"' };

    const first = await place(ORDER, key);

    const { orderId } = first.body;
    expect(whole(first)).toEqual({
      status: 202,
      location: `/orders/${orderId}`,
      etag: '"1"',
      body: { orderId, version: 1, status: 'placed' },
    });
    expect(service.spentOn(orderId)).toEqual([
      { request: 'Query', units: expect.any(Number) },
      { request: 'PutItem', units: 1 },
    ]);
    expect(whole(await place(ORDER, key))).toEqual(whole(first));
    expect(service.spentOn(orderId)).toEqual([{ request: 'Query', units: 1 }]);
    expect(await eventsOf(orderId)).toEqual(['OrderPlaced']);
  });

  it('gives the first answer also when the order has gone on since', async () => {
    const key = { 'idempotency-key': 'goes-on' };
    const first = await place(LARGE, key);
    const { orderId } = first.body;
    expect((await cancel(orderId)).body.version).toBe(2);

    expect(whole(await place(LARGE, key))).toEqual(whole(first));
    expect(await eventsOf(orderId)).toEqual(['OrderPlaced', 'CancellationRequested']);
  });

  it('is refused with 422 when it was sent with another body', async () => {
    const key = { 'idempotency-key': 'once' };
    const { body } = await place(ORDER, key);

    const answers = [
      await place({ ...ORDER, amountCents: 1 }, key),
      await place({ ...ORDER, acceptPartial: false }, key),
      await place({ ...ORDER, placedAt: '2018-01-31T10:00:00Z' }, key),
    ];

    for (const answer of answers)
      expect(answer).toMatchObject({ status: 422, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } } });
    expect(await eventsOf(body.orderId)).toEqual(['OrderPlaced']);
  });

  it('places one order however many requests come at once, and answers each alike', async () => {
    const key = { 'idempotency-key': 'at-once' };

    const answers = await Promise.all(Array.from({ length: 20 }, () => place(ORDER, key)));

    const [first] = answers;
    const orderId = first?.body.orderId;
    expect(new Set(answers.map((answer) => JSON.stringify(whole(answer)))).size).toBe(1);
    expect(first?.status).toBe(202);
    expect(await eventsOf(orderId)).toEqual(['OrderPlaced']);
    const spent = service.spentOn(orderId);
    const count = (request: string) => spent.filter((each) => each.request === request).length;
    expect(spent.filter(({ request, units }) => request === 'PutItem' && units > 0)).toHaveLength(1);
    // Who came second reads once more what the first has written.
    expect(count('Query')).toBe(20 + count('PutItem') - 1);
  });

  it('lets one of two orders win that come at once under one key', async () => {
    const key = { 'idempotency-key': 'contested' };
    const bodies = Array.from({ length: 10 }, (_each, index) => ({ ...ORDER, amountCents: 100 + (index % 2) }));

    const answers = await Promise.all(bodies.map((body) => place(body, key)));

    const statuses = answers.map(({ status }) => status);
    const winner = statuses.indexOf(202);
    expect(statuses).toEqual(bodies.map((_body, index) => (index % 2 === winner % 2 ? 202 : 422)));
    expect(await eventsOf(answers[winner]?.body.orderId)).toEqual(['OrderPlaced']);
  });

  it("is the customer's own: another one may use the same", async () => {
    const key = { 'idempotency-key': 'shared' };

    const [ada, bob] = await Promise.all([place(ORDER, key), place(ORDER, { ...key, by: 'bob' })]);

    expect([ada?.status, bob?.status]).toEqual([202, 202]);
    expect(ada?.body.orderId).not.toBe(bob?.body.orderId);
  });

  it('is refused with 400 when it is malformed, or there is an orderId beside it', async () => {
    expect(await place(ORDER, { 'idempotency-key': 'a, b' })).toMatchObject({
      status: 400,
      body: { error: { problems: [{ path: 'idempotency-key' }] } },
    });
    expect(await place({ ...ORDER, orderId: 'mine' }, { 'idempotency-key': 'a' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('Send one of them') } },
    });
  });
});

describe('If-Match', () => {
  it('lets an order be cancelled as it was seen, and not when it has changed', async () => {
    const {
      body: { orderId },
      headers,
    } = await place(LARGE);
    const seen = await shown(orderId, ({ status }) => status === 'reserved');
    const etag = seen.headers.get('etag') ?? '';
    service.spentOn(orderId);

    const other = await cancel(orderId, { 'if-match': '"7"' });
    const spentOnOther = service.spentOn(orderId);
    const cancelled = await cancel(orderId, { 'if-match': etag });
    // Who is told that it was cancelled reads it, too, later on.
    const spentOnCancelled = service.spentOn(orderId).slice(0, 2);
    const stale = await cancel(orderId, { 'if-match': etag });
    const first = await cancel(orderId, { 'if-match': headers.get('etag') ?? '' });

    expect(whole(cancelled)).toMatchObject({ status: 202, etag: '"2"', body: { version: 2 } });
    expect([other.status, stale.status, first.status]).toEqual([412, 412, 412]);
    expect(stale.body.error).toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringContaining('at version 2'),
    });
    // No request more where it is done; one to see whose order it is where it is not.
    expect(spentOnCancelled.map(({ request }) => request)).toEqual(['Query', 'PutItem']);
    expect(spentOnOther.map(({ request }) => request)).toEqual(['Query', 'Query']);
    const after = await shown(orderId, ({ version }) => version === 2);
    expect(after.headers.get('etag')).toMatch(/^"2-/);
    expect(await cancel(orderId, { 'if-match': `"7", ${after.headers.get('etag')}` })).toMatchObject({ status: 202 });
  });

  it('lets one of many requests change an order that all have seen alike', async () => {
    const {
      body: { orderId },
    } = await place(LARGE);

    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(orderId, { 'if-match': '"1"' })));

    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(412)]);
    expect(await eventsOf(orderId)).toEqual(['OrderPlaced', 'CancellationRequested']);
  });

  it('tells nobody of an order of somebody else, whatever it names', async () => {
    const { body } = await place(LARGE);

    const answers = [await cancel(body.orderId, { by: 'bob' })];
    for (const tag of ['"1"', '"2"', '*']) answers.push(await cancel(body.orderId, { by: 'bob', 'if-match': tag }));

    for (const answer of answers) expect(whole(answer)).toEqual(whole(answers[0] ?? expect.unreachable()));
    expect(answers[0]?.status).toBe(404);
    expect((await cancel(body.orderId, { by: 'staff', 'if-match': '"2"' })).status).toBe(412);
  });

  it('takes any version for *, none for a weak tag, and is not needed', async () => {
    const ids = await Promise.all([0, 1, 2].map(async () => (await place(LARGE)).body.orderId as string));
    const [any = '', weak = '', without = ''] = ids;

    expect((await cancel(any, { 'if-match': '*' })).status).toBe(202);
    expect((await cancel(weak, { 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await cancel(without)).status).toBe(202);
  });

  it('does not count for an order that is not there, and is refused where it is malformed or has no meaning', async () => {
    expect((await cancel('nobody', { 'if-match': '"1"' })).body.error.code).toBe('ORDER_NOT_FOUND');
    expect((await cancel('nobody', { 'if-match': '*' })).status).toBe(404);
    expect((await cancel('nobody', { 'if-match': '1' })).status).toBe(400);
    const path = '/orders/nobody/approval';
    const answer = { approved: true, by: 'ann' };
    expect((await ask('POST /orders/{id}/approval', path, answer, { 'if-match': '"1"', by: 'staff' })).status).toBe(
      400,
    );
  });
});

describe('If-None-Match', () => {
  it('spares a client an order that is as it was, and brings it when anything about it has changed', async () => {
    const {
      body: { orderId },
    } = await place(LARGE);
    const reserved = await shown(orderId, ({ status }) => status === 'reserved');
    const etag = reserved.headers.get('etag') ?? '';

    const again = await show(orderId, { 'if-none-match': etag });

    expect(whole(again)).toEqual({ status: 304, location: null, etag, body: '' });
    // The order itself stays at its version; who approves it has a stream of its own.
    await until(async () => (await approve(orderId)).status === 202 || undefined);
    await shown(orderId, ({ status }) => status === 'completed');
    const completed = await show(orderId, { 'if-none-match': etag });
    expect(completed).toMatchObject({ status: 200, body: { status: 'completed', version: 1 } });
  });
});

const approve = (id: string) =>
  ask('POST /orders/{id}/approval', `/orders/${id}/approval`, { approved: true, by: 'ann' }, { by: 'staff' });

describe('a request', () => {
  it('is refused with 413 when its body is oversized, by the service or before it', async () => {
    const postcode = 'x'.repeat(64 * 1024);
    expect(await place({ ...ORDER, postcode })).toMatchObject({
      status: 413,
      body: { error: { code: 'BODY_TOO_LARGE' } },
    });
    expect(await place({ ...ORDER, postcode: postcode.repeat(100) })).toMatchObject({
      status: 413,
      body: { message: 'Request Entity Too Large' },
    });
  });

  it('is refused with 400 when its body is malformed, and 415 when it is no JSON', async () => {
    const send = (body: string, type: string) =>
      service.api.handle({
        method: 'POST',
        path: '/orders',
        query: '',
        headers: [
          ['content-type', type],
          ['authorization', `Bearer ${service.tokens.ada}`],
        ],
        body: Buffer.from(body),
        sourceIp: '127.0.0.1',
        protocol: 'HTTP/1.1',
      });

    const malformed = await send('{"postcode":', 'application/json');
    const form = await send('postcode=1', 'application/x-www-form-urlencoded');

    expect([malformed.status, form.status]).toEqual([400, 415]);
    expect(await malformed.json()).toMatchObject({ error: { message: 'The body is not JSON.' } });
    expect(
      (await place({ ...ORDER, lines: [{ productId: 'lamp', units: 0, colour: 'red' }] })).body.error.problems,
    ).toEqual([
      { path: 'lines.0.units', reason: expect.any(String) },
      { path: 'lines.0', reason: expect.stringContaining('"colour"') },
    ]);
  });

  it('is refused with 400 when its path or its query is not valid', async () => {
    const ids = ['a%20b', 'x'.repeat(65), 'x'.repeat(2_000), '%00'];

    for (const id of ids) {
      expect(await show(id)).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'id' }] } } });
      expect(await cancel(id)).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'id' }] } } });
    }
    const queries = { status: 'status=lost', limit: 'status=placed&limit=0', cursor: 'status=placed&cursor=x' };
    for (const [path, query] of Object.entries(queries))
      expect(await ask('GET /orders', `/orders?${query}`, undefined, { by: 'staff' })).toMatchObject({
        status: 400,
        body: { error: { problems: [{ path }] } },
      });
    expect((await ask('GET /orders', '/orders?status=placed&limt=5', undefined, { by: 'staff' })).status).toBe(400);
  });
});

it('what a request does is recorded under its x-correlation-id, and under its own id where that is none', async () => {
  const { body } = await place(LARGE, { 'x-correlation-id': 'theirs' });
  await cancel(body.orderId, { 'x-correlation-id': 'x'.repeat(10_000) });

  const correlations: string[] = [];
  for await (const { metadata } of service.store.read(`order-${body.orderId}`))
    correlations.push(metadata.correlationId);
  expect(correlations).toEqual(['theirs', expect.stringMatching(/^[\da-f-]{36}$/)]);
});

describe('the answers of every other route', () => {
  it('are as the document says', async () => {
    const {
      body: { orderId },
    } = await place(ORDER);
    await shown(orderId, ({ status }) => status === 'completed');

    const fulfilment = await until(async () => {
      const answer = await ask('GET /orders/{id}/fulfilment', `/orders/${orderId}/fulfilment`);
      return answer.body.status === 'completed' ? answer : undefined;
    });
    const listed = await ask('GET /orders', '/orders?status=completed&limit=1', undefined, { by: 'staff' });
    const revenue = await until(async () => {
      const answer = await ask('GET /revenue', '/revenue', undefined, { by: 'staff' });
      return answer.body.days.length > 0 ? answer : undefined;
    });

    expect([fulfilment.status, listed.status, revenue.status]).toEqual([200, 200, 200]);
    expect(listed.body.cursor).toEqual(expect.any(String));
    const next = await ask(
      'GET /orders',
      `/orders?status=completed&cursor=${encodeURIComponent(listed.body.cursor)}`,
      undefined,
      { by: 'staff' },
    );
    expect(next.status).toBe(200);
    expect((await ask('GET /orders/{id}/fulfilment', '/orders/nobody/fulfilment')).status).toBe(404);
    expect((await show('nobody')).status).toBe(404);
    expect((await approve(orderId)).status).toBe(409);
    await place({ ...ORDER, orderId: 'chosen' });
    expect((await place({ ...ORDER, orderId: 'chosen', amountCents: 1 })).status).toBe(409);
  });
});

async function eventsOf(orderId: string): Promise<string[]> {
  const { commits } = await service.store.load(`order-${orderId}`);
  return commits.flatMap(({ events }) => events.map(({ type }) => type));
}
