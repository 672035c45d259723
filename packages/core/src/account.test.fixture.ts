import { z } from 'zod';
import { defineAggregate } from './aggregate.js';
import { RejectedError } from './errors.js';
import { defineEvents } from './events.js';

interface Account {
  readonly balance: number;
  readonly note?: string | undefined;
}

export const account = defineAggregate({
  category: 'account',
  events: defineEvents({
    Deposited: z.object({ cents: z.number().int().positive(), note: z.string().optional() }),
    Withdrawn: z.object({ cents: z.number().int().positive() }),
  }),
  initial: (): Account => ({ balance: 0 }),
  evolve: {
    Deposited: (state, { cents, ...rest }) => ({ ...state, ...rest, balance: state.balance + cents }),
    Withdrawn: (state, { cents }) => ({ ...state, balance: state.balance - cents }),
  },
  commands: {
    deposit: (_state, { cents, note }: { cents: number; note?: string }) => [
      { type: 'Deposited', data: { cents, note } },
    ],
    depositTwice: (_state, cents: number) => [
      { type: 'Deposited', data: { cents } },
      { type: 'Deposited', data: { cents } },
    ],
    withdraw: (state, cents: number) => {
      if (state.balance < cents) throw new RejectedError('OVERDRAWN', `There are only ${state.balance} cents.`);
      return [{ type: 'Withdrawn', data: { cents } }];
    },
    ignore: () => [],
  },
});

export const metadata = { correlationId: 'c', causationId: 'k' };

export const deposited = (cents: number) => ({ type: 'Deposited', data: { cents } });
