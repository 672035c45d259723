import { RejectedError } from '@everfold/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HttpError, json, parseBody, route } from './respond.js';

const Body = z.object({ lines: z.array(z.object({ units: z.int() })) });

/** As much of a request as is read here. */
function request(body: string, isBase64Encoded = false): APIGatewayProxyEventV2 {
  return { body, isBase64Encoded } as APIGatewayProxyEventV2;
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

  it('leaves what is broken an error, for the host to count and to retry', async () => {
    const broken = route(async () => {
      throw new TypeError('bug');
    });

    await expect(broken(request(''))).rejects.toThrow('bug');
  });
});
