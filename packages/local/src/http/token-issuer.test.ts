import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jwtAuthorizer } from './jwt-authorizer.js';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.js';

const NOW_MS = 1_767_323_045_678;
const clock = { now: () => NOW_MS, sleep: () => Promise.resolve() };

describe('an issuer of tokens', () => {
  let issuer: TokenIssuer;

  beforeAll(async () => {
    issuer = await startTokenIssuer({ clientId: 'shop', clock, ids: () => 'id-1' });
  });
  afterAll(() => issuer.stop());

  it('signs tokens that look like those of a user pool', async () => {
    const token = await issuer.token({ subject: 'ada', scopes: ['orders/staff', 'x'], groups: ['staff'] });

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid: 'id-1' });
    expect(decodeJwt(token)).toEqual({
      sub: 'ada',
      username: 'ada',
      'cognito:groups': ['staff'],
      iss: issuer.issuer,
      client_id: 'shop',
      token_use: 'access',
      scope: 'orders/staff x',
      version: 2,
      jti: 'id-1',
      auth_time: 1_767_323_045,
      iat: 1_767_323_045,
      exp: 1_767_326_645,
    });
  });

  it('gives who asks for no scopes and is in no group what a user pool gives them', async () => {
    const claims = decodeJwt(await issuer.token({ subject: 'ada' }));

    expect(claims.scope).toBe('aws.cognito.signin.user.admin');
    expect(claims).not.toHaveProperty('cognito:groups');
  });

  it('is believed by an authorizer that asks it for its keys', async () => {
    const authorize = jwtAuthorizer(issuer, clock);

    expect(await authorize(await issuer.token({ subject: 'ada' }))).toMatchObject({ jwt: { claims: { sub: 'ada' } } });
    expect(await authorize(await issuer.token({ subject: 'ada', expiresInSeconds: -1 }))).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('expired'),
    });
  });

  it('says where its keys are, and nothing of how it signs', async () => {
    const { JWT_ISSUER, JWT_AUDIENCE } = issuer.environment;
    const configuration = await (await fetch(`${JWT_ISSUER}/.well-known/openid-configuration`)).json();
    const jwks = await (await fetch(`${JWT_ISSUER}/.well-known/jwks.json`)).json();

    expect(JWT_AUDIENCE).toBe('shop');
    expect(configuration).toMatchObject({ issuer: JWT_ISSUER, jwks_uri: `${JWT_ISSUER}/.well-known/jwks.json` });
    expect(jwks).toEqual({
      keys: [{ kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: 'id-1', alg: 'RS256', use: 'sig' }],
    });
  });

  it('gives anybody on this machine a token by its address', async () => {
    const claimsAt = async (address: string) => decodeJwt(await (await fetch(address)).text());

    expect(await claimsAt(issuer.tokenFor('ada b'))).toMatchObject({
      sub: 'ada b',
      scope: 'aws.cognito.signin.user.admin',
    });
    expect(await claimsAt(issuer.tokenFor('ann', 'orders/staff', 'x'))).toMatchObject({ scope: 'orders/staff x' });
    expect((await fetch(`${issuer.issuer}/token`)).status).toBe(400);
  });

  it('cannot be asked once it has stopped', async () => {
    const gone = await startTokenIssuer({ clock });
    const token = await gone.token({ subject: 'ada' });
    await gone.stop();

    expect(await jwtAuthorizer(gone, clock)(token)).toMatchObject({ status: 401 });
  });
});
