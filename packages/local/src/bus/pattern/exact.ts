import type { Leaf, LeafTest } from './leaf.js';
import { isSameNumber } from './numeric.js';

/** Compiles a plain value of a pattern: `"shipped"`, `3`, `true` or `null`. */
export function compileExact(wanted: Leaf): LeafTest {
  if (typeof wanted !== 'number') return (leaf) => leaf === wanted;
  return (leaf) => typeof leaf === 'number' && isSameNumber(leaf, wanted);
}
