import { InvalidPatternError } from './invalid-pattern-error.js';
import { type LeafTest, onStrings } from './leaf.js';

/**
 * Compiles `{"wildcard": "*.png"}`: each `*` stands for any characters or none, `\*` and `\\` for themselves.
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns", matching using wildcards.
 *
 * @throws InvalidPatternError when the operand is not a string, has two `*` in a row, or a backslash before anything else.
 */
export function compileWildcard(operand: unknown, path: string): LeafTest {
  if (typeof operand !== 'string') {
    throw new InvalidPatternError(
      path,
      operand,
      'is not a string',
      'Write one string; for several, list a {"wildcard": "…"} for each.',
    );
  }
  const pieces = splitAtStars(operand, path);
  return onStrings((text) => fits(text, pieces));
}

/** The literal pieces between the stars, one more than there are stars. */
function splitAtStars(wildcard: string, path: string): readonly string[] {
  const refuse = (reason: string, remedy: string) => new InvalidPatternError(path, wildcard, reason, remedy);
  const pieces: string[] = [];
  let literal = '';
  let previous = '';
  for (const [token] of wildcard.matchAll(/\\?./gsu)) {
    if (token === '*' && previous === '*') {
      throw refuse('has two stars in a row', 'Write one: it stands for any number of characters.');
    }
    if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') {
      throw refuse('has a backslash that escapes nothing', 'Write \\* for a star, and \\\\ for a backslash.');
    }
    if (token === '*') {
      pieces.push(literal);
      literal = '';
    } else {
      literal += token.replace('\\', '');
    }
    previous = token;
  }
  return [...pieces, literal];
}

/** The first piece begins the text, the last ends it, and each one between is taken at its first place: no other choice can do better. */
function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;

  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found === -1 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
