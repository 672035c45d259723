import { createTokenVerifier } from '../connections/verify-token.js';
import { clock } from './clock.js';
import { once } from './provided.js';
import { variable } from './variable.js';

/** Says whose a token is. */
export const tokens = once(() =>
  createTokenVerifier({ issuer: variable('JWT_ISSUER'), audience: variable('JWT_AUDIENCE'), clock: clock() }),
);
