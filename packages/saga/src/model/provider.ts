import type { Rules } from './guards.js';

/* Who acts outside, such as a payment provider, or another service: its books under one key are a small state machine. */

/**
 * What the books say.
 * `undone`: it stood, and the step's undo took it back. `voided`: it stood, and was made void. `cancelled`: it was made void before
 * it was done.
 */
export type Books = 'nothing' | 'stands' | 'refused' | 'undone' | 'voided' | 'cancelled';

/** What becomes of a request for the work. */
export interface Answer {
  readonly books: Books;
  /** Whether the work was done upon this request. */
  readonly acted: boolean;
  readonly agreed: boolean;
}

/** @param mayRefuse - Whether the provider is free to say no. */
export function answersTo(books: Books, mayRefuse: boolean, rules: Rules): readonly Answer[] {
  const isVoid = books === 'voided' || books === 'cancelled';
  const isRepeated = books !== 'nothing' && (isVoid || rules.has('provider key'));
  if (isRepeated) return [{ books, acted: false, agreed: books !== 'refused' && books !== 'cancelled' }];
  const agrees: Answer = { books: 'stands', acted: true, agreed: true };
  const refuses: Answer = { books: books === 'nothing' ? 'refused' : books, acted: false, agreed: false };
  return mayRefuse ? [agrees, refuses] : [agrees];
}

/** The books after the work was taken back. */
export function afterUndo(books: Books, rules: Rules): Books {
  return books === 'stands' && rules.has('undo') ? 'undone' : books;
}

/** The books after the key was made void. */
export function afterVoid(books: Books, rules: Rules): Books {
  if (!rules.has('provider cancel')) return books;
  if (books === 'nothing') return 'cancelled';
  return books === 'stands' ? 'voided' : books;
}

/** What the provider does upon a request, in words. */
export function saysOf({ acted, agreed }: Answer, key: string): string {
  if (acted) return `the provider does the work under ${key}`;
  return agreed ? `the provider has done the work under ${key} before` : `the provider refuses the work under ${key}`;
}
