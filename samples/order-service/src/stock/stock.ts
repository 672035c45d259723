import { defineAggregate, defineEvents, RejectedError } from '@everfold/core';
import * as z from 'zod/mini';

const reservation = z.object({ orderId: z.string().check(z.minLength(1)), units: z.int().check(z.positive()) });

const stockEvents = defineEvents({
  StockReceived: z.object({ units: z.int().check(z.positive()) }),
  StockReserved: reservation,
  StockReleased: reservation,
  StockIssued: reservation,
});

export interface StockState {
  /** Units that nobody has reserved. */
  readonly available: number;
  /** Units held for orders that are neither shipped nor cancelled, by order id. */
  readonly held: Readonly<Record<string, number>>;
}

/** The stock of one product. A unit is available, held for an order, or gone. */
export const stock = defineAggregate({
  category: 'stock',
  events: stockEvents,
  initial: (): StockState => ({ available: 0, held: {} }),
  // Every order of the product reads this stream, and it never ends.
  snapshot: { every: 20, schema: '1' },

  evolve: {
    StockReceived: (state, { units }) => ({ ...state, available: state.available + units }),
    StockReserved: ({ available, held }, { orderId, units }) => ({
      available: available - units,
      held: { ...held, [orderId]: units },
    }),
    StockReleased: ({ available, held }, { orderId, units }) => ({
      available: available + units,
      held: without(held, orderId),
    }),
    StockIssued: ({ available, held }, { orderId }) => ({ available, held: without(held, orderId) }),
  },

  commands: {
    /** Goods come in. */
    receive: (_state, { units }: { units: number }) => [{ type: 'StockReceived', data: { units } }],

    /** Holds units for an order, if there are enough. */
    reserve: ({ available, held }, { orderId, units }: { orderId: string; units: number }) => {
      if (unitsHeld(held, orderId) > 0) return [];
      if (available < units) throw new RejectedError('OUT_OF_STOCK', `${units} wanted, ${available} available`);
      return [{ type: 'StockReserved', data: { orderId, units } }];
    },

    /** Takes a reservation back: the units are available again. */
    release: ({ held }, { orderId }: { orderId: string }) => {
      const units = unitsHeld(held, orderId);
      return units === 0 ? [] : [{ type: 'StockReleased', data: { orderId, units } }];
    },

    /** The held units have left the house. */
    issue: ({ held }, { orderId }: { orderId: string }) => {
      const units = unitsHeld(held, orderId);
      return units === 0 ? [] : [{ type: 'StockIssued', data: { orderId, units } }];
    },
  },
});

/** An order id is the customer's to choose: it may be the name of a property that all objects have. */
function unitsHeld(held: StockState['held'], orderId: string): number {
  return Object.hasOwn(held, orderId) ? (held[orderId] ?? 0) : 0;
}

function without(held: StockState['held'], orderId: string): StockState['held'] {
  const { [orderId]: _gone, ...rest } = held;
  return rest;
}
