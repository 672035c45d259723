import { describe, expect, it } from 'vitest';
import { type CorsConfiguration, defineCors } from './cors.js';

const shop = 'https://shop.example.com';

describe('defineCors', () => {
  it.each([shop, 'http://127.0.0.1:5173', 'https://*', 'http://*', '*'])('takes the origin %s', (origin) => {
    const cors = { allowOrigins: [origin], maxAge: 0 };

    expect(defineCors(cors)).toBe(cors);
  });

  it.each<[what: string, cors: CorsConfiguration, named: string]>([
    ['no origin', { allowOrigins: [] }, 'allowOrigins'],
    ['an origin with a path', { allowOrigins: [shop, `${shop}/`] }, `"${shop}/"`],
    ['a host without its scheme', { allowOrigins: ['shop.example.com'] }, '"shop.example.com"'],
    ['an origin with a star in it', { allowOrigins: ['https://*.example.com'] }, '"https://*.example.com"'],
    ['credentials for everybody', { allowOrigins: ['*'], allowCredentials: true }, 'credentials'],
    ['a maxAge of more than a day', { allowOrigins: [shop], maxAge: 86_401 }, '86401'],
    ['a maxAge of half a second', { allowOrigins: [shop], maxAge: 0.5 }, '0.5'],
    ['a maxAge below zero', { allowOrigins: [shop], maxAge: -1 }, '-1'],
  ])('refuses %s', (_what, cors, named) => {
    expect(() => defineCors(cors)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(named) }),
    );
  });
});
