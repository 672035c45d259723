import type { EventStore, RecordedEvent } from '@everfold/core';
import { z } from 'zod';
import { type FakeProvider, RecordedTimers, stillClock } from './bench.test.fixture.js';
import { record } from './fulfilment.test.fixture.js';
import type { SagaPorts } from './ports.js';
import { type AnySaga, buildSaga } from './saga.js';
import { type AnyStep, producedBy } from './step.js';
import { createStepHandler } from './step-handler.js';
import type { Duration } from './types.js';

/* Sagas of any shape, for tests: a step "Car" comes to CarDone or CarFailed, and is undone with CarUndone. */

/** A step that a later failure undoes; it acts with a `FakeProvider`. */
export function step(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const outcome = (what: 'Done' | 'Failed' | 'Undone', key: string) => ({
    type: `${name}${what}`,
    data: { orderId: key },
  });
  return {
    name,
    kind: 'compensatable',
    by: name,
    on,
    ok: `${name}Done`,
    fails: [`${name}Failed`],
    run: async ({ key, idempotencyKey }, provider) =>
      outcome((await (provider as FakeProvider).act(idempotencyKey)) ? 'Done' : 'Failed', key),
    undo: {
      ok: `${name}Undone`,
      run: async ({ key, idempotencyKey }, provider) => {
        await (provider as FakeProvider).takeBack(idempotencyKey);
        return outcome('Undone', key);
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key, idempotencyKey }, provider) => {
        await (provider as FakeProvider).void(idempotencyKey);
        return outcome('Failed', key);
      },
    },
    ...more,
  };
}

/** A step that is never undone. */
export function pivot(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { undo: _undo, timeout: _timeout, ...rest } = step(name, on, { kind: 'pivot' });
  return { ...rest, ...more };
}

/** A step that waits for a fact. */
export function wait(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { run: _run, undo: _undo, timeout: _timeout, ...rest } = step(name, on, { kind: 'wait' });
  const fail = ({ key }: { readonly key: string }) => ({ type: `${name}Failed`, data: { orderId: key } });
  return { ...rest, deadline: { after: '1h', fail }, ...more };
}

/** A step that another service runs. */
export function contract(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { run: _run, timeout: _timeout, ...rest } = step(name, on);
  const data = ({ key }: { readonly key: string }) => ({ orderId: key });
  const undo = { ask: `${name}UndoAsked`, data, ok: `${name}Undone` };
  return { ...rest, source: 'elsewhere', undo, deadline: { after: '1h' }, ...more };
}

/** A step that cannot fail. */
export function retriable(name: string, on: AnyStep['on'], more: Partial<AnyStep> = {}): AnyStep {
  const { fails: _fails, undo: _undo, timeout: _timeout, ...rest } = step(name, on, { kind: 'retriable' });
  return { ...rest, ...more };
}

/** Builds a saga that is done with its last step, if nothing else is said. */
export function trip(
  steps: readonly AnyStep[],
  more: {
    readonly name?: string;
    readonly version?: number;
    readonly doneOn?: AnyStep['on'];
    readonly cancel?: string;
    readonly within?: Duration;
    readonly maxHops?: number;
    readonly types?: readonly string[];
  } = {},
): AnySaga {
  const outcomes = steps.flatMap(({ fails = [], ...each }) => producedBy({ ...each, fails }));
  const {
    types = ['Placed', more.cancel ?? 'Stopped', ...outcomes, 'Completed', 'Cancelled'],
    doneOn,
    ...options
  } = more;
  const order = z.object({ orderId: z.string() });
  const events = Object.fromEntries(types.map((type) => [type, order]));
  return buildSaga({ name: 'trip', version: 1, start: 'Placed', key: 'orderId', events, ...options }, steps, {
    done: { on: doneOn ?? steps.at(-1)?.ok ?? 'Placed', emit: 'Completed', data: ({ data }) => data },
    cancelled: { emit: 'Cancelled', data: (_cause, key) => ({ orderId: key }) },
  });
}

/** The handler of one step of such a saga. */
export function handlerOf(
  saga: AnySaga,
  name: string,
  store: EventStore,
  provider: FakeProvider,
  ports: Partial<SagaPorts> = {},
) {
  const handle = createStepHandler(saga as AnySaga & { readonly services?: Record<string, FakeProvider> }, name, {
    store,
    services: provider,
    clock: stillClock,
    timers: new RecordedTimers(),
    ...ports,
  });
  return handle;
}

/** Records that the trip was asked for. */
export function place(store: EventStore): Promise<RecordedEvent> {
  return record(store, 'order-o1', { type: 'Placed', data: { orderId: 'o1' } });
}
