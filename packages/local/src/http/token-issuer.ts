import { type Clock, type IdGenerator, systemClock, systemIds } from '@everfold/core';
import { Hono } from 'hono';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JwtConfiguration } from './jwt-authorizer.js';
import { listen } from './listen.js';

/** Whom a token is for, and what it lets them do. */
export interface TokenRequest {
  /** Who it is: the claims `sub` and `username`. */
  readonly subject: string;
  /** Default: the one scope that Amazon Cognito gives to who signs in with a password. */
  readonly scopes?: readonly string[];
  /** The claim `cognito:groups`. Default: left out, as for who is in none. */
  readonly groups?: readonly string[];
  /** Seconds from now; below zero for a token that has expired. Default an hour. */
  readonly expiresInSeconds?: number;
}

/** A stand-in for an Amazon Cognito user pool that believes whatever it is told. */
export interface TokenIssuer extends JwtConfiguration {
  readonly jwksUri: string;
  /** What functions find that check tokens themselves: `JWT_ISSUER` and `JWT_AUDIENCE`. */
  readonly environment: { readonly JWT_ISSUER: string; readonly JWT_AUDIENCE: string };
  /** The address at which anybody on this machine gets a token, as text: for `curl`. */
  tokenFor(subject: string, ...scopes: readonly string[]): string;
  /** Signs a token. It takes about a millisecond, so keep it where many requests come from one caller. */
  token(request: TokenRequest): Promise<string>;
  stop(): Promise<void>;
}

export interface TokenIssuerOptions {
  /** 1 to 65535. Default: any that is free. */
  readonly port?: number;
  /** The app client that tokens are for: their `client_id`. Default `local`. */
  readonly clientId?: string;
  readonly clock?: Clock;
  readonly ids?: IdGenerator;
}

/** What Amazon Cognito gives to who signs in without asking for scopes. */
const DEFAULT_SCOPES = ['aws.cognito.signin.user.admin'];

/**
 * Starts an issuer of tokens on this machine, shaped like the access tokens of an Amazon Cognito user pool, with a key of its own.
 * Its keys are at `${issuer}/.well-known/jwks.json`, and what it is at `${issuer}/.well-known/openid-configuration`.
 * Source: Amazon Cognito Developer Guide, "Understanding the access token".
 *
 * @throws PortInUseError when another program listens there.
 *
 * @example
 * ```ts
 * const issuer = await startTokenIssuer();
 * const token = await issuer.token({ subject: 'ada', scopes: ['orders/staff'] });
 * const answer = await fetch('http://127.0.0.1:3000/orders', { headers: { authorization: `Bearer ${token}` } });
 * await issuer.stop();
 * ```
 */
export async function startTokenIssuer(options: TokenIssuerOptions = {}): Promise<TokenIssuer> {
  const { port = 0, clientId = 'local', clock = systemClock, ids = systemIds } = options;
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = ids();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };

  const app = new Hono();
  const remedy = 'Give another as "port", or none for any that is free.';
  const listener = await listen((request) => app.fetch(request), { port, remedy });
  const issuer = `http://127.0.0.1:${listener.port}`;
  const jwksUri = `${issuer}/.well-known/jwks.json`;
  app.get('/.well-known/jwks.json', (context) => context.json(jwks));
  app.get('/.well-known/openid-configuration', (context) =>
    context.json({ issuer, jwks_uri: jwksUri, id_token_signing_alg_values_supported: ['RS256'] }),
  );

  const token = ({ subject, scopes = DEFAULT_SCOPES, groups, expiresInSeconds = 3600 }: TokenRequest) => {
    const now = Math.floor(clock.now() / 1000);
    const claims = {
      sub: subject,
      username: subject,
      ...(groups && { 'cognito:groups': groups }),
      iss: issuer,
      client_id: clientId,
      token_use: 'access',
      scope: scopes.join(' '),
      version: 2,
      jti: ids(),
      auth_time: now,
      iat: now,
      exp: now + expiresInSeconds,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  };
  app.get('/token', async (context) => {
    const { subject, scope } = context.req.query();
    if (!subject) return context.text('Say whom the token is for: /token?subject=ada', 400);
    return context.text(await token({ subject, ...(scope !== undefined && { scopes: scope.split(' ') }) }));
  });

  return {
    issuer,
    audience: [clientId],
    jwksUri,
    environment: { JWT_ISSUER: issuer, JWT_AUDIENCE: clientId },
    tokenFor: (subject, ...scopes) => {
      const query = new URLSearchParams({ subject, ...(scopes.length > 0 && { scope: scopes.join(' ') }) });
      return `${issuer}/token?${query}`;
    },
    token,
    stop: () => listener.stop(),
  };
}
