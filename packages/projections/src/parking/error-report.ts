/** An error as it is kept: bounded, and readable by whoever has to mend it. */
export interface ErrorReport {
  readonly name: string;
  /** The error's own code, such as `INVALID_ARGUMENT`, if it has one. */
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 1_000;
const LONGEST_STACK = 3_000;

/** Describes what was thrown, in at most 5,000 characters. */
export function reportError(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: short(String(thrown), LONGEST_MESSAGE) };
  const { name, message, stack } = thrown;
  return {
    name: short(name, LONGEST_NAME),
    ...('code' in thrown && typeof thrown.code === 'string' ? { code: short(thrown.code, LONGEST_NAME) } : {}),
    message: short(message, LONGEST_MESSAGE),
    ...(stack === undefined ? {} : { stack: short(stack, LONGEST_STACK) }),
  };
}

function short(text: string, longest: number): string {
  // Half of a character would be none that JSON carries.
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
