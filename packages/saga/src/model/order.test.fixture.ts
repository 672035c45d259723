import { z } from 'zod';
import { type AnySaga, buildSaga } from '../saga.js';
import { type AnyStep, producedBy } from '../step.js';

/* Sagas to explore. Their functions are never called. */

const never = async (): Promise<never> => {
  throw new Error('The model calls no functions.');
};

/** A step "car" that comes to carDone or carFailed, and is undone with carUndone. */
export function outside(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  return {
    name,
    kind: 'compensatable',
    by: name,
    on,
    ok: `${name}Done`,
    fails: [`${name}Failed`],
    run: never,
    undo: { ok: `${name}Undone`, run: never },
    timeout: { after: '15m', fail: never },
    ...more,
  };
}

export function inStore(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { timeout: _none, ...step } = outside(name, on, { effect: 'store', ...more });
  return step;
}

export function pivot(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { undo: _none, timeout: _never, ...step } = outside(name, on);
  return { ...step, kind: 'pivot', ...more };
}

function retriable(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { undo: _none, timeout: _never, fails: _cannot, ...step } = outside(name, on);
  return { ...step, kind: 'retriable', ...more };
}

export function wait(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { run: _none, undo: _nothing, timeout: _never, ...step } = outside(name, on);
  return { ...step, kind: 'wait', deadline: { after: '1d', fail: never }, ...more };
}

export function contract(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { run: _none, timeout: _never, ...step } = outside(name, on);
  return {
    ...step,
    undo: { ask: `${name}UndoAsked`, data: never, ok: `${name}Undone` },
    source: name,
    deadline: { after: '1d', fail: never },
    ...more,
  };
}

/** Builds a saga that is done with its last step, if nothing else is said. */
export function saga(
  name: string,
  steps: readonly AnyStep[],
  { cancel, doneOn = steps.at(-1)?.ok ?? '' }: { readonly cancel?: string; readonly doneOn?: AnyStep['on'] } = {},
): AnySaga {
  const outcomes = steps.flatMap(({ fails = [], ...step }) => producedBy({ ...step, fails }));
  const types = ['Placed', ...(cancel ? [cancel] : []), ...outcomes, 'Completed', 'Cancelled'];
  const events = Object.fromEntries(types.map((type) => [type, z.object({ orderId: z.string() })]));
  return buildSaga(
    { name, version: 1, start: 'Placed', key: 'orderId', events, ...(cancel ? { cancel } : {}) },
    steps,
    {
      done: { on: doneOn, emit: 'Completed', data: never },
      cancelled: { emit: 'Cancelled', data: never },
    },
  );
}

const cancel = 'CancellationRequested';

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
  { cancel },
);
