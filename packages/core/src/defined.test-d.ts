import { expectTypeOf } from 'vitest';
import { defined } from './defined.js';

/* Compiled, not run. */

declare const given: { readonly a: string; readonly b: number | undefined; readonly c?: boolean; readonly d: null };

expectTypeOf(defined(given)).toEqualTypeOf<{
  readonly a: string;
  readonly d: null;
  readonly b?: number;
  readonly c?: boolean;
}>();
