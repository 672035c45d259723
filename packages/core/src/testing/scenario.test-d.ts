import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../aggregate.js';
import { defineEvents } from '../events.js';
import { scenario } from './scenario.js';

const counter = defineAggregate({
  category: 'counter',
  events: defineEvents({ Increased: z.object({ by: z.number() }), Reset: z.object({}) }),
  initial: () => ({ total: 0 }),
  evolve: {
    Increased: (state, { by }) => ({ total: state.total + by }),
    Reset: () => ({ total: 0 }),
  },
  commands: {
    increase: (_state, by: number) => [{ type: 'Increased', data: { by } }],
    reset: () => [{ type: 'Reset', data: {} }],
  },
});

const increasing = scenario(counter)
  .given([
    { type: 'Increased', data: { by: 1 } },
    { type: 'Reset', data: {} },
  ])
  .when('increase', 1);

expectTypeOf(increasing.thenEvents([{ type: 'Increased', data: { by: 1 } }])).toEqualTypeOf<Promise<void>>();
expectTypeOf(increasing.thenState).parameters.toEqualTypeOf<[{ total: number }]>();
// An object with a method `then` would be a promise to `await`.
expectTypeOf(increasing).not.toHaveProperty('then');

// @ts-expect-error the aggregate has no such event
scenario(counter).given([{ type: 'Decreased', data: { by: 1 } }]);

// @ts-expect-error the payload is of another event
scenario(counter).given([{ type: 'Increased', data: {} }]);

// @ts-expect-error a given event has a wrong payload
scenario(counter).given([{ type: 'Increased', data: { by: '1' } }]);

// @ts-expect-error the aggregate has no such command
scenario(counter).when('decrease', 1);

// @ts-expect-error the command takes a number
scenario(counter).given([]).when('increase', '1');

// @ts-expect-error the command needs its input
scenario(counter).when('increase');

// @ts-expect-error the aggregate has no such event
increasing.thenEvents([{ type: 'Decreased', data: { by: 1 } }]);

// @ts-expect-error an expected event has a wrong payload
increasing.thenEvents([{ type: 'Increased', data: { by: '1' } }]);

// @ts-expect-error the state has a number
increasing.thenState({ total: '1' });

// @ts-expect-error the state has nothing else
increasing.thenState({ total: 1, count: 1 });

// @ts-expect-error nothing comes before what was given
scenario(counter).given([]).given([]);
