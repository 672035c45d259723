import type { RecordedEvent, StreamStore } from '@everfold/core';
import { readAgain } from './context.js';
import { producerOf } from './derive.js';
import { leftOut } from './left-out.js';
import { loadLedger } from './loaded-ledger.js';
import type { AnySaga } from './saga.js';
import { ledgerStream } from './step.js';

declare const EVERFOLD_WITHOUT_JOINS: true | undefined;

/**
 * All events that a trigger names, the first of the definition first, or `undefined` when not all of them have happened yet: the
 * last of them to happen finds the others in the ledgers of their steps.
 *
 * Costs nothing for a trigger of one event, else one Query for each of the others.
 *
 * @param trigger - What waits for them: a step, or the end.
 * @param event - The one at hand.
 */
async function gatherAll(
  store: StreamStore,
  saga: AnySaga,
  { on }: { readonly on: readonly string[] },
  event: RecordedEvent,
  key: string,
): Promise<readonly RecordedEvent[] | undefined> {
  const found = new Map<string, RecordedEvent>([[event.type, event]]);
  // Whether an optional one is waited for is decided on another of them.
  const isOptional = (type: string) => producerOf(type, saga.steps)?.when !== undefined;
  const inOrder = [...on].sort((one, other) => Number(isOptional(one)) - Number(isOptional(other)));
  for (const type of inOrder) {
    if (found.has(type)) continue;
    const producer = producerOf(type, saga.steps);
    if (producer?.when) {
      const decidedOn = found.get(producer.on[0] ?? '');
      if (decidedOn === undefined) return undefined;
      if (!producer.when(decidedOn)) continue;
    }
    const other = await fromLedger(store, saga, event, type, key);
    if (other === undefined) return undefined;
    found.set(type, other);
  }
  return on.flatMap((type) => found.get(type) ?? []);
}

/** The same where a trigger names one event only. */
async function takeTrigger(
  _store: StreamStore,
  _saga: AnySaga,
  { on }: { readonly on: readonly string[] },
  event: RecordedEvent,
): Promise<readonly RecordedEvent[] | undefined> {
  return on.length === 1 ? [event] : leftOut('triggers of several events');
}

/**
 * Another of the events: what its step succeeded with, if it has and it stands. The start is in no ledger of its own, but in that of the
 * optional step which it triggered, from which the one at hand comes.
 */
async function fromLedger(
  store: StreamStore,
  saga: AnySaga,
  event: RecordedEvent,
  type: string,
  key: string,
): Promise<RecordedEvent | undefined> {
  const producer = producerOf(type, saga.steps);
  const step = producer ?? producerOf(event.type, saga.steps);
  if (step === undefined) return undefined;
  const { status, started, outcome } = (await loadLedger(store, step, key)).ledger;
  const found = producer ? status === 'ok' && outcome : started?.trigger;
  return found ? readAgain(saga, found, ledgerStream(step, key)) : undefined;
}

export const gatherTriggers = typeof EVERFOLD_WITHOUT_JOINS === 'undefined' ? gatherAll : takeTrigger;
