import { Logger } from '@aws-lambda-powertools/logger';
import { once } from '../services/provided.js';
import { currentCall } from './call.js';

/** Named by `POWERTOOLS_SERVICE_NAME`, and as talkative as `POWERTOOLS_LOG_LEVEL` says. */
const logger = once(() => new Logger());

/**
 * Writes a line, with what is known of the call.
 *
 * @param more - Ids, types and counts; never what an event or a request carries.
 */
export function log(level: 'debug' | 'info' | 'warn' | 'error', message: string, more: object = {}): void {
  logger()[level](message, { ...currentCall(), ...more });
}

/**
 * What a line says of an error: not its fields, which may be anything. Nor the message of those that quote what they were given: a value
 * that is taken, a text that is no JSON.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: { name: typeof error } };
  const { name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  const isQuoting = code === 'CLAIM_TAKEN' || error instanceof SyntaxError;
  // The first lines of a stack are the message again.
  const frames = stack?.split('\n').filter((line) => /^ +at /.test(line));
  return { error: { name, code, ...(!isQuoting && { message }), stack: frames?.join('\n') } };
}
