/** What is left of an error. */
export interface ErrorNote {
  readonly name: string;
  readonly message: string;
}

/** @param thrown - Anything: what is thrown need not be an error. */
export function noteOf(thrown: unknown): ErrorNote {
  const { name, message } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
  return { name, message };
}
