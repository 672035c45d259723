import { type Clock, InvalidArgumentError, systemClock } from '@everfold/core';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Whose tokens an API takes. */
export interface JwtConfiguration {
  /** What a token must say in `iss`, to the letter. */
  readonly issuer: string;
  /** Of these a token must name one: in `aud`, or in `client_id` where it has no `aud`, as access tokens of Amazon Cognito have it. */
  readonly audience: readonly string[];
  /** Where the issuer's keys are. Default: `/.well-known/jwks.json` below the issuer, as Amazon Cognito has it. */
  readonly jwksUri?: string;
}

/** What a function finds in `requestContext.authorizer.jwt`. */
export interface JwtContext {
  /** As text, whatever they were in the token: a list is `[a b]`. */
  readonly claims: Readonly<Record<string, string>>;
  /** Those of the route that the token has; `null` where the route asks for none. */
  readonly scopes: readonly string[] | null;
}

/** Whether a request may go on. */
export type Authorization =
  | { readonly jwt: JwtContext }
  | { readonly status: 401 | 403; readonly message: string; readonly challenge: string };

/** Decides by the `Authorization` header of a request, and by the scopes of which its route asks for one. */
export type JwtAuthorizer = (header: string | undefined, scopes?: readonly string[]) => Promise<Authorization>;

/** API Gateway takes RSA and nothing else. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/** How long API Gateway may go by the keys that it has fetched. */
const KEYS_KEPT_MS = 2 * 3_600_000;

/**
 * Makes what decides as the JWT authorizer of an HTTP API does: the token's signature by a key of the issuer, then `iss`, `aud` or
 * `client_id`, `exp`, `nbf`, `iat`, and the route's scopes. A token is taken with `Bearer ` before it or without.
 * Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers in API Gateway", and for what is said in
 * `www-authenticate` "Troubleshooting issues with HTTP API JWT authorizers". Which words stand there is documented for a wrong
 * audience only.
 *
 * @param keys - For an issuer that cannot be asked. Default: they are fetched from `jwksUri`, once in two hours.
 * @throws InvalidArgumentError when the issuer is no address, or there is no audience.
 */
export function jwtAuthorizer(
  { issuer, audience, jwksUri = `${issuer.replace(/\/$/, '')}/.well-known/jwks.json` }: JwtConfiguration,
  clock: Clock = systemClock,
  keys: JWTVerifyGetKey = fetchedKeys(jwksUri),
): JwtAuthorizer {
  if (audience.length === 0)
    throw new InvalidArgumentError('A JWT authorizer for no audience lets nobody in. Name one.');
  return async (header, scopes) => {
    const token = header?.replace(/^Bearer /i, '').trim();
    if (!token) return { status: 401, message: 'Unauthorized', challenge: 'Bearer' };
    try {
      const { payload } = await jwtVerify(token, keyOf(keys), {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        currentDate: new Date(clock.now()),
      });
      checkAudience(payload, audience);
      checkIssuedAt(payload, clock);
      return permitted(payload, scopes);
    } catch (error) {
      return refused(401, 'Unauthorized', '', 'invalid_token', explain(error));
    }
  };
}

function fetchedKeys(jwksUri: string): JWTVerifyGetKey {
  if (!URL.canParse(jwksUri)) {
    throw new InvalidArgumentError(`"${jwksUri}" is no address of keys. Give the issuer as a URL, or "jwksUri".`);
  }
  return createRemoteJWKSet(new URL(jwksUri), { cacheMaxAge: KEYS_KEPT_MS });
}

/** A token must name its key, even where the issuer has only one. */
function keyOf(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return (header, token) => {
    if (header.kid === undefined) throw new errors.JWSInvalid('the token does not name its key');
    return keys(header, token);
  };
}

function checkAudience({ aud, client_id: clientId }: JWTPayload, audience: readonly string[]): void {
  const named: readonly unknown[] = [aud ?? clientId].flat();
  if (named.some((name) => audience.some((expected) => expected === name))) return;
  throw new errors.JWTInvalid('the token does not have a valid audience');
}

function checkIssuedAt({ iat }: JWTPayload, clock: Clock): void {
  if (iat !== undefined && iat * 1000 > clock.now()) throw new errors.JWTInvalid('the token was issued in the future');
}

function permitted(payload: JWTPayload, scopes: readonly string[] | undefined): Authorization {
  const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, asText(value)]));
  if (scopes === undefined) return { jwt: { claims, scopes: null } };
  const had = scopesOf(payload);
  const common = scopes.filter((scope) => had.has(scope));
  if (common.length > 0) return { jwt: { claims, scopes: common } };
  return refused(403, 'Forbidden', scopes.join(' '), 'insufficient_scope', 'the token has none of the scopes');
}

/** Of `scope`, else of `scp`: separated by spaces, or a list. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<unknown> {
  const said: readonly unknown[] = [scope ?? scp].flat();
  return new Set(said.flatMap((text) => (typeof text === 'string' ? text.split(' ') : [])));
}

/** A claim as API Gateway hands it on: text, and lists with spaces between. */
function asText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${asText(member)}`).join(' ')}]`;
}

function refused(status: 401 | 403, message: string, scope: string, error: string, description: string): Authorization {
  const challenge = `Bearer scope="${scope}" error="${error}" error_description="${description}"`;
  return { status, message, challenge };
}

/** Why a token is not taken, in words that may stand between quotes. */
function explain(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]/g, ' ');
}
