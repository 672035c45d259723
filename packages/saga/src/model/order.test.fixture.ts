import type { AnySaga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { step as outside, pivot, retriable, contract as servedStep, trip, wait } from '../trip.test.fixture.js';

/* Sagas to explore. Their functions are never called. */

export { outside, pivot, wait };

const never = async (): Promise<never> => {
  throw new Error('The model calls no functions.');
};

export function inStore(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { timeout: _none, ...step } = outside(name, on, { effect: 'store', ...more });
  return step;
}

/** A step of another service, which can be given up. */
export function contract(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  return servedStep(name, on, { source: name, deadline: { after: '1d', fail: never }, ...more });
}

/** Builds a saga that is done with its last step, if nothing else is said. */
export function saga(
  name: string,
  steps: readonly AnyStep[],
  more: { readonly cancel?: string; readonly doneOn?: AnyStep['on'] } = {},
): AnySaga {
  return trip(steps, { name, ...more });
}

/** reserve → approve, in some runs → charge → ship → issue */
export const order = saga(
  'order',
  [
    inStore('reserve', 'Placed'),
    wait('approve', 'reserveDone', { when: () => true }),
    outside('charge', { all: ['reserveDone', 'approveDone'] }),
    pivot('ship', 'chargeDone'),
    retriable('issue', 'shipDone', { effect: 'store' }),
  ],
  { cancel: 'CancellationRequested' },
);
