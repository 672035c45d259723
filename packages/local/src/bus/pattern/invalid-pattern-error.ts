import { EverfoldError } from '@everfold/core';

/** An event pattern that EventBridge would refuse, found before any event was published. */
export class InvalidPatternError extends EverfoldError<'INVALID_PATTERN'> {
  /** The way to the flaw within the pattern, such as `detail.$or.0.amount`; empty for the pattern as a whole. */
  readonly path: string;
  /** What stands there. */
  readonly value: unknown;
  /** What to write instead. */
  readonly remedy: string;

  /** @param reason - What is wrong with the value, as the rest of a sentence that begins with it. */
  constructor(path: string, value: unknown, reason: string, remedy: string) {
    const place = path === '' ? '' : ` at "${path}"`;
    super('INVALID_PATTERN', `The event pattern is not valid${place}: ${JSON.stringify(value)} ${reason}. ${remedy}`);
    this.path = path;
    this.value = value;
    this.remedy = remedy;
  }
}
