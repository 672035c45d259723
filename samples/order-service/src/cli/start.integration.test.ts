import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderView } from '../read-models/order-view.js';
import { type RunningCommand, runCommand } from './run-cli.test.fixture.js';

const ORDER = {
  lines: [{ productId: 'lamp', units: 1 }],
  amountCents: 4_990,
  postcode: '01310-100',
};

describe('npm start -- --exit', () => {
  const ends = [
    ['lamp', 'completed'],
    ['sold-out', 'cancelled by inventory'],
    ['no-money', 'cancelled by payment'],
    ['far-away', 'cancelled by shipping'],
    ['in-part', 'completed'],
    ['approved', 'completed'],
    ['called-off', 'cancelled by customer'],
  ] as const;

  it.each(['DynamoDB', 'the in-memory store'])(
    'shows an order of each outcome on %s, plain in a pipe',
    async (backend) => {
      const inMemory = { EVERFOLD_DYNAMODB: 'memory', DYNAMODB_ENDPOINT: undefined };

      const { status, stdout, stderr } = await runCommand('start', ['--exit'], backend === 'DynamoDB' ? {} : inMemory)
        .ended;

      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain(`Everfold order service on ${backend}`);
      for (const [name, end] of ends) expect(stdout).toMatch(new RegExp(`^  ${name}-\\w{5} +${end} +paid `, 'm'));
      expect(stdout).toMatch(/^ {2}\d+\.\d\d s +far-away-\w{5} +PaymentRefunded/m);
      expect(stdout).not.toContain('\u001b');
    },
  );

  it('says what is wrong with a backend that is forced and not to be had', async () => {
    const { status, stderr } = await runCommand('start', ['--exit'], { EVERFOLD_DYNAMODB: 'paper' }).ended;

    expect(status).toBe(1);
    expect(stderr).toMatch(/^Cannot start\. .*"paper"/);
  });
});

describe('npm start', () => {
  let service: RunningCommand;
  let url = '';
  /** Headers of a customer, and of somebody who works here. */
  let customer: Record<string, string>;
  let staff: Record<string, string>;

  beforeAll(async () => {
    service = runCommand('start', ['--port', '0']);
    url = (await service.outputs(/Listening on (http:\S+)/))[1] ?? '';
    const headersOf = async (name: string) => {
      const [, address = ''] = await service.outputs(new RegExp(`${name}=\\$\\(curl -s '(http:\\S+)'\\)`));
      const authorization = await (await fetch(address)).text();
      return { 'content-type': 'application/json', authorization };
    };
    customer = await headersOf('YOU');
    staff = await headersOf('STAFF');
  });

  afterAll(async () => {
    service.interrupt();
    expect(await service.ended).toMatchObject({ status: 0 });
  });

  const post = (body: string) => fetch(`${url}/orders`, { method: 'POST', headers: customer, body });
  const get = (path: string, headers = customer) => fetch(`${url}${path}`, { headers });

  it('takes an order and shows how it ends', async () => {
    const placed = await post(JSON.stringify({ ...ORDER, orderId: 'mine' }));

    expect(placed.status).toBe(202);
    expect(placed.headers.get('location')).toBe('/orders/mine');
    expect(await placed.json()).toEqual({ orderId: 'mine', version: 1, status: 'placed' });
    await expect
      .poll(async () => (await get('/orders/mine')).json(), { timeout: 20_000 })
      .toMatchObject({ status: 'completed', paidCents: 4_990, heldUnits: 0 });
  });

  it('answers an order that comes again as it did the first time', async () => {
    const body = JSON.stringify({ ...ORDER, orderId: 'again' });

    const answers = [await post(body), await post(body)];

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    for (const answer of answers)
      expect(await answer.json()).toEqual({ orderId: 'again', version: 1, status: 'placed' });
  });

  it('lists orders by status, and revenue by day', async () => {
    const cancelled = await (await get('/orders?status=cancelled&limit=2', staff)).json();
    const revenue = await (await get('/revenue', staff)).json();

    expect(cancelled).toMatchObject({
      orders: [{ status: 'cancelled' }, { status: 'cancelled' }],
      cursor: expect.any(String),
    });
    expect(revenue).toMatchObject({
      days: [{ day: new Date().toISOString().slice(0, 10), orders: expect.any(Number) }],
    });
  });

  it('answers a body that fails its schema with 400, the path and the reason of each problem', async () => {
    const response = await post(JSON.stringify({ ...ORDER, lines: [{ productId: 'lamp', units: 0 }], colour: 'red' }));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'INVALID_REQUEST',
        problems: [
          { path: 'lines.0.units', reason: expect.stringContaining('expected number to be >0') },
          { path: '', reason: expect.stringContaining('"colour"') },
        ],
      },
    });
  });

  it('answers an unknown order with 404, an unknown status with 400, and a command that the state forbids with 409', async () => {
    await post(JSON.stringify({ ...ORDER, orderId: 'twice' }));

    const [unknown, status, twice] = await Promise.all([
      get('/orders/nobody'),
      get('/orders?status=lost', staff),
      post(JSON.stringify({ ...ORDER, orderId: 'twice', amountCents: 1 })),
    ]);

    expect([unknown.status, status.status, twice.status]).toEqual([404, 400, 409]);
    expect(await unknown.json()).toMatchObject({ error: { code: 'ORDER_NOT_FOUND' } });
    expect(await status.json()).toMatchObject({ error: { problems: [{ path: 'status' }] } });
    expect(await twice.json()).toMatchObject({ error: { code: 'ORDER_ALREADY_PLACED' } });
  });

  it('asks for the approval of a large order, and cancels one that its customer does not want', async () => {
    const ask = (path: string, body: object, headers = staff) =>
      fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const statusOf = async (orderId: string) => ((await (await get(`/orders/${orderId}`)).json()) as OrderView).status;
    for (const orderId of ['large', 'larger', 'largest'])
      await post(JSON.stringify({ ...ORDER, orderId, amountCents: 600_000 }));
    for (const orderId of ['large', 'larger', 'largest'])
      await expect.poll(() => statusOf(orderId), { timeout: 20_000 }).toBe('reserved');

    await expect
      .poll(async () => (await get('/orders/large/fulfilment')).json(), { timeout: 20_000 })
      .toMatchObject({
        status: 'waiting',
        due: expect.any(String),
        steps: expect.arrayContaining([expect.objectContaining({ name: 'approve', status: 'started' })]),
      });
    await expect
      .poll(async () => (await ask('/orders/large/approval', { approved: true, by: 'ann' })).status)
      .toBe(202);
    await expect
      .poll(async () => (await ask('/orders/larger/approval', { approved: false, by: 'ann', reason: 'no' })).status)
      .toBe(202);
    const cancelled = await ask('/orders/largest/cancellation', {}, customer);

    expect(cancelled.status).toBe(202);
    await expect.poll(() => statusOf('large'), { timeout: 20_000 }).toBe('completed');
    await expect.poll(() => statusOf('larger'), { timeout: 20_000 }).toBe('cancelled');
    await expect.poll(() => statusOf('largest'), { timeout: 20_000 }).toBe('cancelled');
    const late = await Promise.all([
      ask('/orders/larger/approval', { approved: true, by: 'ann' }),
      ask('/orders/nobody/cancellation', {}, customer),
      ask('/orders/large/approval', { approved: 'perhaps' }),
    ]);
    expect(late.map(({ status }) => status)).toEqual([409, 404, 400]);
    expect(await late[0]?.json()).toMatchObject({ error: { code: 'NOT_WAITING' } });
  });

  it('lets nobody in without a token, and answers another customer that there is no such order', async () => {
    await post(JSON.stringify({ ...ORDER, orderId: 'private' }));
    await expect.poll(async () => (await get('/orders/private')).status, { timeout: 20_000 }).toBe(200);
    const [, address = ''] = await service.outputs(/YOU=\$\(curl -s '(http:\S+)'\)/);
    const authorization = await (await fetch(address.replace('=you', '=eve'))).text();

    const answers = await Promise.all([
      get('/orders/private', {}),
      get('/orders/private', { authorization }),
      get('/revenue', { authorization }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 404, 403]);
  });

  it('says which port is in use, and how to choose another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;

    const { status, stderr } = await runCommand('start', ['--port', String(port)]).ended;

    other.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`${port}`);
    expect(stderr).toContain('PORT=');
  });
});
