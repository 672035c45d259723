import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '@everfold/core';

/**
 * Whether something answers HTTP there: `undefined` if it does, whatever it answers; else what went wrong.
 * Costs one request.
 *
 * @param timeoutMs - How long to wait for the first byte, milliseconds.
 */
export function whyNoAnswer(endpoint: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = endpoint.startsWith('https:') ? requestHttps : requestHttp;
    // An agent would keep the connection, and with it the process, alive.
    const call = request(endpoint, { agent: false, timeout: timeoutMs }, (response) => {
      response.destroy();
      resolve(undefined);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    call.on('error', (error) => resolve(describe(error)));
    call.end();
  });
}

/** Two addresses of one name, as `localhost` has them, fail as one error without a message. */
function describe(error: Error & { code?: string }): string {
  return error.message || error.code || error.name;
}

/** How long a server may take to come up. */
export interface Patience {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Whether there is nothing left to wait for. */
  readonly isGone?: () => boolean;
}

/**
 * Waits until something answers HTTP there: `undefined` once it does; else, after the time given, what went wrong last.
 * Costs about ten requests a second.
 */
export async function waitForAnswer(endpoint: string, patience: Patience): Promise<string | undefined> {
  const { clock, timeoutMs, isGone = () => false } = patience;
  const deadline = clock.now() + timeoutMs;
  let trouble = await whyNoAnswer(endpoint, 1_000);
  while (trouble !== undefined && clock.now() < deadline && !isGone()) {
    await clock.sleep(50);
    trouble = await whyNoAnswer(endpoint, 1_000);
  }
  return trouble;
}
