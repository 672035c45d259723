import type { Clock } from '@everfold/core';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';

export interface TokenRules {
  /** Whose tokens are taken: the `iss` of a token, with its keys at `/.well-known/jwks.json` below. */
  readonly issuer: string;
  /** For which client a token must be: its `client_id`. */
  readonly audience: string;
  readonly clock: Clock;
}

/** What is wrong with a token, whoever it is from; anything else that is thrown says nothing about it. */
const WRONG: readonly string[] = [
  errors.JWTExpired.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTInvalid.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  // A token that does not name its key, where the issuer has several.
  errors.JWKSMultipleMatchingKeys.code,
];

/**
 * Makes a function that says whose an access token is. The keys are fetched when the first token comes, and kept.
 *
 * Source: Amazon Cognito Developer Guide, "Understanding the access token" and "Verifying JSON web tokens".
 *
 * @returns The token's subject, or nothing when the token is not to be trusted. It throws when the keys cannot be had: then nobody can
 *   tell.
 */
export function createTokenVerifier({ issuer, audience, clock }: TokenRules) {
  const keys = createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/.well-known/jwks.json`));
  return async (token: string): Promise<string | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(clock.now()),
      });
      return isAccessToken(payload, audience) ? payload.sub : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError && WRONG.includes(error.code)) return undefined;
      throw error;
    }
  };
}

/** An access token of Cognito has no `aud`. Its identity tokens have the same keys, and are no permission to anything. */
function isAccessToken({ token_use, client_id }: JWTPayload, audience: string): boolean {
  return token_use === 'access' && client_id === audience;
}
