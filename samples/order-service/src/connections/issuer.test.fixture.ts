import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What is wrong with a token. */
export type WrongClaims = Readonly<Record<string, unknown>> & { readonly isForged?: boolean };

/** Signs tokens as a user pool of Amazon Cognito does, and serves the keys to check them by. */
export async function testIssuer() {
  const pair = () => generateKeyPair('RS256');
  const [known, other, unknown] = await Promise.all([pair(), pair(), pair()]);
  // A user pool has two.
  const keys = await Promise.all(
    Object.entries({ known, other }).map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: 'RS256',
      use: 'sig',
    })),
  );
  const server = createServer((request, response) => {
    const isFound = request.url === '/.well-known/jwks.json';
    response.writeHead(isFound ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const audience = 'shop';
  return {
    issuer,
    audience,
    /** An access token, but for what is said otherwise; a claim is left out by `undefined`. */
    token: (sub: string, { isForged = false, ...claims }: WrongClaims = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const payload = {
        sub,
        iss: issuer,
        client_id: audience,
        token_use: 'access',
        iat: now,
        exp: now + 3_600,
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: 'known' })
        .sign(isForged ? unknown.privateKey : known.privateKey);
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
