import { systemClock } from '@everfold/core';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIssuer, type WrongClaims } from './issuer.test.fixture.js';
import { createTokenVerifier } from './verify-token.js';

describe('a token', () => {
  let issuer: Awaited<ReturnType<typeof testIssuer>>;
  let verify: ReturnType<typeof createTokenVerifier>;

  beforeAll(async () => {
    issuer = await testIssuer();
    verify = createTokenVerifier({ ...issuer, clock: systemClock });
  });

  afterAll(() => issuer.stop());

  it('of the issuer says whose it is', async () => {
    expect(await verify(await issuer.token('ada'))).toBe('ada');
  });

  it.each<[string, WrongClaims]>([
    ['that somebody else has signed', { isForged: true }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['for another client', { client_id: 'another' }],
    ['that is an identity token', { token_use: 'id', aud: 'shop' }],
    ['that has expired', { exp: 1 }],
    ['that never expires', { exp: undefined }],
    ['that is nobody’s', { sub: undefined }],
  ])('%s says nothing', async (_what, claims) => {
    expect(await verify(await issuer.token('ada', claims))).toBeUndefined();
  });

  it('signed in another way says nothing', async () => {
    const claims = { sub: 'ada', iss: issuer.issuer, client_id: issuer.audience, token_use: 'access' };
    const unsigned = new UnsecuredJWT(claims).setExpirationTime('1h').encode();
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'known' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('a secret that both of them know'));

    for (const token of [unsigned, shared, 'forged', '']) expect(await verify(token)).toBeUndefined();
  });

  it('that does not name its key says nothing, also of an issuer with several', async () => {
    const claims = { sub: 'ada', iss: issuer.issuer, client_id: issuer.audience, token_use: 'access' };
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime('1h')
      .sign(privateKey);

    expect(await verify(token)).toBeUndefined();
  });

  it('cannot be judged where the keys are not to be had', async () => {
    const elsewhere = createTokenVerifier({ ...issuer, issuer: `${issuer.issuer}/elsewhere`, clock: systemClock });

    await expect(elsewhere(await issuer.token('ada'))).rejects.toThrow();
  });
});
