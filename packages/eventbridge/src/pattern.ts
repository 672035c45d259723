import type { EventPattern } from '@everfold/core';

/**
 * Makes the pattern of a rule: events of these types, from this source.
 *
 * @param types - At least one event type.
 *
 * @example
 * ```ts
 * patternOf({ source: 'shop.orders', types: ['OrderPlaced'] });
 * // { source: ['shop.orders'], 'detail-type': ['OrderPlaced'] }
 * ```
 */
export function patternOf({ source, types }: { source: string; types: readonly [string, ...string[]] }): EventPattern {
  return { source: [source], 'detail-type': [...types] };
}
