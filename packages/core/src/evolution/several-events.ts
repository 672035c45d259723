import type { NewEvent } from '../events.js';

/** The same symbol for all copies of this package in one bundle; and no JSON has symbols. */
const SEVERAL: unique symbol = Symbol.for('everfold.several-events');

/** What an upcaster gives when one event of old is several of today: a list alone would be data. */
export interface SeveralEvents {
  readonly [SEVERAL]: readonly NewEvent[];
}

/**
 * Lets an upcaster give several events, one or none, in place of data. Each is upcast further from its own revision, and
 * has the version of the event that it came from; where there are several, their ids end with `.0`, `.1` and so on.
 *
 * @param events - Each in the form of its `revision`, as it would have been recorded. Default revision 1.
 *
 * @example
 * ```ts
 * const OrderMade = evolving(z.never(), {
 *   revision: 2,
 *   upcast: {
 *     1: ({ id, cents }: { id: string; cents: number }) =>
 *       severalEvents([
 *         { type: 'OrderPlaced', revision: 2, data: { orderId: id } },
 *         { type: 'PaymentCaptured', data: { orderId: id, cents } },
 *       ]),
 *   },
 * });
 * ```
 */
export function severalEvents(events: readonly NewEvent[]): SeveralEvents {
  return { [SEVERAL]: events };
}

/** The events that an upcaster gave in place of data, if it did. */
export function severalOf(given: unknown): readonly NewEvent[] | undefined {
  return isSeveral(given) ? given[SEVERAL] : undefined;
}

function isSeveral(given: unknown): given is SeveralEvents {
  return typeof given === 'object' && given !== null && SEVERAL in given;
}
