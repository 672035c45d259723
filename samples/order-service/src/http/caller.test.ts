import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { callerOf } from './caller.js';

/** As much of a request as is read here. */
function bearing(claims: Readonly<Record<string, string>>): APIGatewayProxyEventV2 {
  return { requestContext: { authorizer: { jwt: { claims } } } } as unknown as APIGatewayProxyEventV2;
}

describe('callerOf', () => {
  it.each([
    ['an access token', { sub: 'ada', token_use: 'access' }],
    ['a token of an issuer that does not say what it is for', { sub: 'ada' }],
  ])('takes %s', (_, claims) => {
    expect(callerOf(bearing(claims))).toEqual({ id: 'ada', isStaff: false });
  });

  it('refuses an identity token with 401, and says what to send', () => {
    expect(() => callerOf(bearing({ sub: 'ada', token_use: 'id', aud: 'shop' }))).toThrow(
      expect.objectContaining({
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        body: expect.objectContaining({ message: expect.stringContaining('Send the access token') }),
      }),
    );
  });
});
