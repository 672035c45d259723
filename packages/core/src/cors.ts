import { InvalidArgumentError } from './errors.js';

/**
 * Which pages of other origins may call an HTTP API, and how. The gateway itself answers a browser that asks beforehand, and says on
 * each answer who may read it; what a function says of it is dropped.
 * Source: API Gateway Developer Guide, "Configure CORS for HTTP APIs in API Gateway".
 */
export interface CorsConfiguration {
  /** Such as `https://shop.example.com`; or `https://*`, `http://*` and `*` for all of a kind. */
  readonly allowOrigins: readonly string[];
  /** Such as `GET`, or `*`. Default: none beyond what a browser sends unasked. */
  readonly allowMethods?: readonly string[];
  /** Such as `authorization`, or `*`. Default: none beyond what a browser sends unasked. */
  readonly allowHeaders?: readonly string[];
  /** Headers of an answer that a page may read. Default: none beyond what it may read anyway. */
  readonly exposeHeaders?: readonly string[];
  /** How long a browser may go by an answer before it asks again, seconds, 0 to 86,400. Default: as the browser has it. */
  readonly maxAge?: number;
  /** Whether cookies and the like may be sent along. A token in `Authorization` needs none of it. Default false. */
  readonly allowCredentials?: boolean;
}

const DAY_SECONDS = 86_400;

/**
 * Declares which origins may call an HTTP API, once, for every host.
 *
 * @throws InvalidArgumentError when there is no origin, one is none, or what is asked for no browser or gateway would take.
 *
 * @example
 * ```ts
 * const cors = defineCors({
 *   allowOrigins: ['https://shop.example.com'],
 *   allowMethods: ['GET', 'POST'],
 *   allowHeaders: ['authorization', 'content-type'],
 * });
 * ```
 */
export function defineCors(cors: CorsConfiguration): CorsConfiguration {
  const { allowOrigins, maxAge, allowCredentials } = cors;
  if (allowOrigins.length === 0) {
    throw new InvalidArgumentError('CORS for no origin at all. Name one in "allowOrigins", or leave CORS out.');
  }
  for (const origin of allowOrigins) {
    if (/^(\*|https?:\/\/\*)$/.test(origin) || isOrigin(origin)) continue;
    throw new InvalidArgumentError(
      `"${origin}" is no origin. Write scheme, host and port only, such as https://shop.example.com, without a slash at the end.`,
    );
  }
  if (allowCredentials && allowOrigins.includes('*')) {
    throw new InvalidArgumentError('CORS with credentials for every origin: browsers refuse it. Name the origins.');
  }
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0 && maxAge <= DAY_SECONDS)) {
    throw new InvalidArgumentError(`CORS with a maxAge of ${maxAge}. Give whole seconds from 0 to ${DAY_SECONDS}.`);
  }
  return cors;
}

function isOrigin(text: string): boolean {
  return !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;
}
