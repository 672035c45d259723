import { ConflictError, RejectedError, ThrottledError, UnavailableError } from '@everfold/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { HttpError, json, LARGEST_BODY, parseBody, route } from './respond.js';

const Body = z.object({ lines: z.array(z.object({ units: z.int() })) });

/** As much of a request as is read here. */
function request(body: string, isBase64Encoded = false, headers = {}): APIGatewayProxyEventV2 {
  return { body, isBase64Encoded, headers } as APIGatewayProxyEventV2;
}

const handler = route(async (event) => json(200, parseBody(Body, event)));

describe('a route', () => {
  it('answers what it is asked', async () => {
    expect(await handler(request('{"lines":[{"units":2}]}'))).toMatchObject({
      statusCode: 200,
      body: '{"lines":[{"units":2}]}',
    });
  });

  it('reads a body that came in base64', async () => {
    const encoded = Buffer.from('{"lines":[]}').toString('base64');

    expect(await handler(request(encoded, true))).toMatchObject({ statusCode: 200, body: '{"lines":[]}' });
  });

  it('says where a body is wrong and why', async () => {
    const { statusCode, body } = await handler(request('{"lines":[{"units":2},{"units":1.5}]}'));

    expect(statusCode).toBe(400);
    expect(JSON.parse(body ?? '')).toMatchObject({
      error: {
        code: 'INVALID_REQUEST',
        problems: [{ path: 'lines.1.units', reason: expect.stringContaining('expected int') }],
      },
    });
  });

  it('says that a body is no JSON', async () => {
    const { statusCode, body } = await handler(request('{"lines":'));

    expect(statusCode).toBe(400);
    expect(JSON.parse(body ?? '')).toMatchObject({ error: { message: 'The body is not JSON.' } });
  });

  it('says that a body is missing', async () => {
    const { statusCode, body } = await handler(request(' '));

    expect(statusCode).toBe(400);
    expect(JSON.parse(body ?? '')).toMatchObject({ error: { message: expect.stringContaining('The body is empty') } });
  });

  it.each([LARGEST_BODY - 1, LARGEST_BODY])('reads a body of %d bytes', async (bytes) => {
    expect(await handler(request('{"lines":[]}'.padEnd(bytes)))).toMatchObject({ statusCode: 200 });
  });

  it.each([
    ['text', request('{"lines":[]}'.padEnd(LARGEST_BODY + 1))],
    ['text of fewer characters than bytes', request(`"${'é'.repeat(LARGEST_BODY / 2)}"`)],
    ['base64', request(Buffer.from('{"lines":[]}'.padEnd(LARGEST_BODY + 1)).toString('base64'), true)],
  ])('refuses a larger body with 413, and does not look into it: %s', async (_what, large) => {
    const { statusCode, body } = await handler(large);

    expect(statusCode).toBe(413);
    expect(JSON.parse(body ?? '')).toMatchObject({ error: { code: 'BODY_TOO_LARGE' } });
  });

  it.each([
    {},
    { 'content-type': 'application/json' },
    { 'content-type': 'Application/JSON; charset="UTF-8"' },
    { 'content-type': 'application/vnd.shop.order+json', 'content-encoding': 'identity' },
  ])('takes JSON, called %o', async (headers) => {
    expect(await handler(request('{"lines":[]}', false, headers))).toMatchObject({ statusCode: 200 });
  });

  it.each([
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    { 'content-type': '' },
  ])('refuses with 415 what is called %o', async (headers) => {
    const { statusCode, body } = await handler(request('{"lines":[]}', false, headers));

    expect(statusCode).toBe(415);
    expect(JSON.parse(body ?? '')).toMatchObject({
      error: { code: 'UNSUPPORTED_MEDIA_TYPE', message: expect.stringContaining('content-type: application/json') },
    });
  });

  it('answers a command that the state forbids with 409 and the reason', async () => {
    const refused = route(async () => {
      throw new RejectedError('ORDER_ALREADY_PLACED', 'It was placed before.');
    });

    expect(await refused(request(''))).toMatchObject({
      statusCode: 409,
      body: '{"error":{"code":"ORDER_ALREADY_PLACED","message":"It was placed before."}}',
    });
  });

  it('answers an error of its own', async () => {
    const missing = route(async () => {
      throw new HttpError(404, { code: 'ORDER_NOT_FOUND', message: 'There is no order "x".' });
    });

    expect(await missing(request(''))).toMatchObject({ statusCode: 404 });
  });

  it.each([
    [409, 'CONFLICT', new ConflictError('order-7', 3)],
    [503, 'THROTTLED', new ThrottledError('Table events-1 refuses the pace.')],
    [503, 'UNAVAILABLE', new UnavailableError('Table events-1 does not answer.')],
  ])('answers what may succeed a moment later with %d %s, and when to send it again', async (status, code, error) => {
    // A process reads its log level once.
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'ERROR');
    vi.resetModules();
    const logging = await import('./respond.js');
    const line = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const late = logging.route(async () => {
      throw error;
    });

    const { statusCode, headers, body } = await late(request(''));
    const logged = line.mock.calls.map(([text]) => String(text));
    line.mockRestore();
    vi.unstubAllEnvs();
    vi.resetModules();

    expect(statusCode).toBe(status);
    expect(headers).toMatchObject({ 'retry-after': '1' });
    expect(JSON.parse(body ?? '')).toEqual({ error: { code, message: expect.stringContaining('end it again') } });
    // How it is built is nobody's business; who looks after it finds the cause in a line.
    expect(body).not.toMatch(/order-7|events-1/);
    expect(logged.filter((text) => text.includes('events-1'))).toHaveLength(status === 503 ? 1 : 0);
  });

  it('leaves what is broken an error, for the host to count and to retry', async () => {
    const broken = route(async () => {
      throw new TypeError('bug');
    });

    await expect(broken(request(''))).rejects.toThrow('bug');
  });
});
