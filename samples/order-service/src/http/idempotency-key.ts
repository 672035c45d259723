import { createHash } from 'node:crypto';
import { RejectedError } from '@everfold/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { check, HttpError } from './respond.js';

/** What a client calls a request that it may have to repeat. */
const IdempotencyKey = z
  .string()
  .check(z.regex(/^[\x20-\x7e]{1,255}$/, 'must have 1 to 255 characters, of the visible ones of ASCII and the space'));

/**
 * The key of a request, if it has one: a string in quotes, or, as many clients send it, without them. Both are the same key.
 * Source: draft-ietf-httpapi-idempotency-key-header-07, section 2.1; RFC 9651, section 3.3.3.
 *
 * @throws HttpError 400 when it is malformed, or too long.
 */
export function idempotencyKeyOf({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>): string | undefined {
  const field = headers['idempotency-key']?.trim();
  if (field === undefined) return undefined;
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(field) ?? [];
  // Several headers of a name arrive as one, with commas: without quotes that is no key.
  const key = quoted?.replace(/\\(["\\])/g, '$1') ?? (/[",\\; ]/.test(field) ? '' : field);
  return check(z.object({ 'idempotency-key': IdempotencyKey }), { 'idempotency-key': key }, 'header')[
    'idempotency-key'
  ];
}

/**
 * The id of what a request with a key makes: the same for the same caller and key, so that the event store decides which request
 * was first, and nothing has to be remembered beside it. 132 bits: 22 characters.
 *
 * @param caller - Whose key it is. Others may use the same one.
 */
export function idOfKey(caller: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('base64url')
    .slice(0, 22);
}

/**
 * Does what a key was sent with.
 *
 * @throws HttpError 422 when the key was used for something else before, as the rejection with this reason says.
 */
export async function underKey<TResult>(
  key: string | undefined,
  takenReason: string,
  work: () => Promise<TResult>,
): Promise<TResult> {
  try {
    return await work();
  } catch (error) {
    if (key === undefined || !(error instanceof RejectedError) || error.reason !== takenReason) throw error;
    const message = `Idempotency-Key "${key}" was used before, with another body. Send that body, or another key.`;
    throw new HttpError(422, { code: 'IDEMPOTENCY_KEY_REUSED', message });
  }
}
