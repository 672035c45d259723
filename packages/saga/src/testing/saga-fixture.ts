import { type EventOf, type EventSchemas, InMemoryEventStore } from '@everfold/core';
import type { LedgerStatus, Work } from '../ledger.js';
import type { Saga } from '../saga.js';
import {
  checkEnd,
  checkEvents,
  checkLedger,
  checkNothingRefused,
  checkParked,
  checkRefusal,
  checkWaiting,
} from './checks.js';
import { Play } from './play.js';
import { type FixturePorts, type OfKey, SagaScript } from './script.js';
import { VirtualTime } from './virtual-time.js';

/** What the steps need that need anything, by name of the step. */
type NeededServices<TSteps> = {
  readonly [TName in keyof TSteps as unknown extends TSteps[TName] ? never : TName]: TSteps[TName];
};

/** The services, or how they are made for the fixture's store. */
type ServicesOption<TServices> = TServices | ((made: FixturePorts) => TServices);

/** How a saga is played. */
export type FixtureOptions<TSteps> = {
  /** ISO 8601: when it begins. Default 2026-01-01T00:00:00.000Z. */
  readonly now?: string;
} & (Record<never, never> extends NeededServices<TSteps>
  ? { readonly services?: ServicesOption<NeededServices<TSteps>> }
  : { readonly services: ServicesOption<NeededServices<TSteps>> });

/**
 * A saga and what happens to it, with checks of what it came to. Await each `then…`: it plays what was added since the last one,
 * until all is quiet, and throws an `AssertionError` of `node:assert` that shows all that happened. So it does when a delivery was given
 * up and no `thenRefuses` was told of it before.
 */
export class SagaFixture<TSchemas extends EventSchemas, TSteps> extends SagaScript<TSchemas, TSteps> {
  /** Exactly these events of the saga were recorded, in this order, after what was given: by type alone, or with their data. */
  async thenEvents(events: readonly ((keyof TSchemas & string) | EventOf<TSchemas>)[]): Promise<void> {
    return this.#check((play) => checkEvents(play, this.news(), events));
  }

  /** The run has ended with this event, and with no other. */
  async thenEnded(type: keyof TSchemas & string, of: OfKey = {}): Promise<void> {
    return this.#check((play) => checkEnd(play, this.keyOf(of), [type]));
  }

  /** The run has not ended. */
  async thenUnended(of: OfKey = {}): Promise<void> {
    return this.#check((play) => checkEnd(play, this.keyOf(of), []));
  }

  /** The ledger of a step has this status. */
  async thenLedger(step: keyof TSteps & string, status: LedgerStatus, of: OfKey = {}): Promise<void> {
    return this.#check((play) => checkLedger(play, step, this.keyOf(of), status));
  }

  /** A step waits: for a fact from outside, or for another service. @param of - `until` is ISO 8601. */
  async thenWaiting(step: keyof TSteps & string, of: OfKey & { readonly until?: string } = {}): Promise<void> {
    return this.#check((play) => checkWaiting(play, step, this.keyOf(of), of.until));
  }

  /** A step waits for somebody to look into it. @param of - `work`: which of its functions went wrong. */
  async thenParked(step: keyof TSteps & string, of: OfKey & { readonly work?: Work } = {}): Promise<void> {
    return this.#check((play) => checkParked(play, step, this.keyOf(of), of.work));
  }

  /**
   * A step would not do what was asked of it: it threw each time, or did not want to hear of a fact.
   *
   * @param code - The code of an error of Everfold, or the name of another one.
   */
  async thenRefuses(step: (keyof TSteps & string) | 'end', code: string): Promise<void> {
    checkRefusal(await this.played(), step, code);
  }

  async #check(check: (play: Play) => Promise<void>): Promise<void> {
    const play = await this.played();
    checkNothingRefused(play);
    return check(play);
  }
}

/**
 * Begins a scenario of a saga: given events, when another one, then what it comes to. All handlers of the saga run on a store in
 * memory, behind the patterns of their rules, with a clock that only `advance` moves. It needs no test runner: what is wrong is thrown.
 *
 * @param saga - Any saga; with `withEarlier`, of several versions.
 * @param options - The services of the steps that need some.
 *
 * @example
 * ```ts
 * const order = z.object({ orderId: z.string() });
 * const events = defineEvents({ Placed: order, Sent: order, Lost: order, Completed: order, Cancelled: order });
 * const shipping = choreography({ name: 'shipping', version: 1, start: 'Placed', key: 'orderId', events })
 *   .pivot('send', {
 *     by: 'carrier', on: 'Placed', ok: 'Sent', fails: ['Lost'],
 *     run: async ({ key, idempotencyKey }, { send }: { send(key: string): Promise<boolean> }) =>
 *       (await send(idempotencyKey)) ? { type: 'Sent', data: { orderId: key } } : { type: 'Lost', data: { orderId: key } },
 *   })
 *   .end({
 *     done: { on: 'Sent', emit: 'Completed', data: ({ data }) => data },
 *     cancelled: { emit: 'Cancelled', data: (_cause, key) => ({ orderId: key }) },
 *   });
 *
 * await sagaFixture(shipping, { services: { send: { send: async () => true } } })
 *   .throwing('send')
 *   .when({ type: 'Placed', data: { orderId: '7' } })
 *   .advance('1m')
 *   .thenEvents(['Placed', 'Sent', 'Completed']);
 * ```
 */
export function sagaFixture<TSchemas extends EventSchemas, TSteps>(
  saga: Saga<TSchemas, TSteps>,
  ...[options]: Record<never, never> extends FixtureOptions<TSteps>
    ? [options?: FixtureOptions<TSteps>]
    : [options: FixtureOptions<TSteps>]
): SagaFixture<TSchemas, TSteps> {
  const { now = '2026-01-01T00:00:00.000Z', services } = options ?? {};
  const time = new VirtualTime(Date.parse(now));
  let commits = 0;
  const store = new InMemoryEventStore({ clock: time, ids: () => `commit-${++commits}` });
  const { services: _onlyAType, ...played } = saga;
  const made: object = (typeof services === 'function' ? services({ store, clock: time }) : services) ?? {};
  return new SagaFixture(new Play(played, { store, time }, new Map(Object.entries(made))));
}
