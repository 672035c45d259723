import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { jwtAuthorizer } from './jwt-authorizer.js';

const NOW = 1_767_323_045;
const clock = { now: () => NOW * 1000 + 500, sleep: () => Promise.resolve() };
const { publicKey, privateKey } = await generateKeyPair('RS256');
const stranger = await generateKeyPair('RS256');
const elliptic = await generateKeyPair('ES256');
const keys = createLocalJWKSet({
  keys: [
    { ...(await exportJWK(publicKey)), kid: 'k1' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'k2' },
  ],
});
const issuer = 'https://issuer.example.com/pool';
const authorize = jwtAuthorizer({ issuer, audience: ['shop', 'office'] }, clock, keys);

const good = { sub: 'ada', iss: issuer, client_id: 'shop', iat: NOW, exp: NOW + 60 };
const { exp: _never, ...endless } = good;

function sign(claims: JWTPayload, header: { alg?: string; kid?: string } = { kid: 'k1' }, key = privateKey) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);
}

describe('a JWT authorizer', () => {
  it('lets in who brings a token of the issuer, with "Bearer" before it or without', async () => {
    const token = await sign(good);

    const permitted = { jwt: { claims: expect.objectContaining({ sub: 'ada' }), scopes: null } };
    for (const header of [token, `Bearer ${token}`, `bearer ${token}`]) {
      expect(await authorize(header)).toEqual(permitted);
    }
  });

  it('hands on every claim as text', async () => {
    const more = { email_verified: true, 'cognito:groups': ['a', 'b'], address: { zip: '1', at: [1, 2] }, none: null };

    expect(await authorize(await sign({ ...good, ...more }))).toMatchObject({
      jwt: {
        claims: {
          sub: 'ada',
          exp: String(NOW + 60),
          email_verified: 'true',
          'cognito:groups': '[a b]',
          address: 'map[at:[1 2] zip:1]',
          none: 'null',
        },
      },
    });
  });

  it.each([undefined, '', 'Bearer ', '  '])('refuses a request without a token: %j', async (header) => {
    expect(await authorize(header)).toEqual({ status: 401, message: 'Unauthorized', challenge: 'Bearer' });
  });

  it.each<[what: string, token: () => string | Promise<string>, why?: string]>([
    ['of another audience', () => sign({ ...good, client_id: 'other' }), 'the token does not have a valid audience'],
    ['of no audience', () => sign({ ...good, client_id: undefined }), 'the token does not have a valid audience'],
    ['whose aud is another, whatever its client_id', () => sign({ ...good, aud: 'other' })],
    ['of another issuer', () => sign({ ...good, iss: `${issuer}/` })],
    ['that expires this second', () => sign({ ...good, exp: NOW }), 'the token has expired'],
    ['that never expires', () => sign(endless)],
    ['that is not valid yet', () => sign({ ...good, nbf: NOW + 1 })],
    ['from the future', () => sign({ ...good, iat: NOW + 1 }), 'the token was issued in the future'],
    ['signed by somebody else', () => sign(good, { kid: 'k1' }, stranger.privateKey)],
    ['by a key that the issuer does not have', () => sign(good, { kid: 'k3' })],
    ['that does not name its key', () => sign(good, {}), 'the token does not name its key'],
    ['that is not signed by RSA', () => sign(good, { alg: 'ES256', kid: 'k2' }, elliptic.privateKey)],
    ['that is none', () => 'not.a."token"'],
    ['whose claims were changed', async () => (await sign(good)).replace(/\.\w/, '.f')],
  ])('refuses a token %s', async (_what, token, why) => {
    const refusal = await authorize(`Bearer ${await token()}`);

    expect(refusal).toEqual({
      status: 401,
      message: 'Unauthorized',
      challenge: expect.stringMatching(/^Bearer scope="" error="invalid_token" error_description="[^"]+"$/),
    });
    if (why !== undefined) expect(refusal).toMatchObject({ challenge: expect.stringContaining(why) });
  });

  it('goes by aud where there is one, alone or in a list', async () => {
    for (const aud of ['office', ['other', 'office']]) {
      expect(await authorize(await sign({ ...good, client_id: 'other', aud }))).toHaveProperty('jwt');
    }
  });

  it.each<[claims: JWTPayload, scopes: string[]]>([
    [{ scope: 'orders/read orders/staff' }, ['orders/staff']],
    [{ scp: 'orders/staff' }, ['orders/staff']],
    [{ scp: ['orders/read', 'orders/staff'] }, ['orders/staff']],
    [{ scope: 'orders/staff orders/audit' }, ['orders/staff', 'orders/audit']],
  ])('lets in who has one of the scopes of a route: %j', async (claims, scopes) => {
    const permission = await authorize(await sign({ ...good, ...claims }), ['orders/staff', 'orders/audit']);

    expect(permission).toMatchObject({ jwt: { scopes } });
  });

  it.each<JWTPayload>([{}, { scope: 'orders/staffed' }, { scope: 'Orders/staff' }, { scp: [7] }])(
    'refuses who has none of them: %j',
    async (claims) => {
      expect(await authorize(await sign({ ...good, ...claims }), ['orders/staff', 'orders/audit'])).toEqual({
        status: 403,
        message: 'Forbidden',
        challenge:
          'Bearer scope="orders/staff orders/audit" error="insufficient_scope" error_description="the token has none of the scopes"',
      });
    },
  );

  it('is refused for no audience, and for keys at no address', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

    expect(() => jwtAuthorizer({ issuer, audience: [] })).toThrow(invalid);
    expect(() => jwtAuthorizer({ issuer: 'pool', audience: ['shop'] })).toThrow(invalid);
  });
});
