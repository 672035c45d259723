import { InvalidArgumentError } from './errors.js';

/**
 * Checks that a text is a name: what can stand in an event pattern, in the name of a stream and in a key.
 *
 * @param what - What it is the name of, as the beginning of a sentence.
 * @throws InvalidArgumentError when it is none.
 */
export function checkName(what: string, name: string): void {
  if (/^[A-Za-z][A-Za-z0-9_.]*$/.test(name)) return;
  throw new InvalidArgumentError(
    `${what} "${name}" is not a name. Begin it with a letter and use letters, digits, "_" and "." only.`,
  );
}
