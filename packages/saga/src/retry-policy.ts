import type { RetryPolicy } from './step.js';

/** The pause after an attempt that failed, milliseconds: each is twice the one before. @param failed - Attempts so far, from 1. */
export function pauseMs({ firstMs, longestMs }: RetryPolicy, failed: number): number {
  return Math.min(firstMs * 2 ** (failed - 1), longestMs);
}

/** What a step's pauses add up to, milliseconds. */
export function retryWindowMs(retry: RetryPolicy): number {
  let totalMs = 0;
  for (let failed = 1; failed < retry.attempts; failed++) totalMs += pauseMs(retry, failed);
  return totalMs;
}
