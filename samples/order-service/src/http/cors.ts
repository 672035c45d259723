import { type CorsConfiguration, defineCors } from '@everfold/core';

/**
 * What pages of these origins may do with the API.
 *
 * @param origins - Such as `https://shop.example.com`, separated by commas.
 */
export function corsFor(origins: string): CorsConfiguration {
  return defineCors({
    allowOrigins: origins.split(',').map((origin) => origin.trim()),
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'x-correlation-id'],
    exposeHeaders: ['etag', 'location', 'retry-after'],
    maxAge: 3600,
  });
}
