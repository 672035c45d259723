import type { EventSchemas } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { recordAnswer } from './answers.js';
import { begunUnder } from './loaded-ledger.js';
import { checkNeeds } from './needs.js';
import { handlePinned } from './pinned.js';
import type { SagaPorts } from './ports.js';
import type { Saga } from './saga.js';
import { onEvent, onTimer } from './step-run.js';
import { parseTimer, TIMER_DETAIL_TYPE, type Timer } from './timers/timers.js';
import { versionsNamed } from './versions.js';

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;

/** What the functions of a step need, if they need anything. */
export type ServicesOf<TServices> = unknown extends TServices
  ? { readonly services?: undefined }
  : { readonly services: TServices };

/**
 * Makes the Lambda handler of a step: it runs the step when its trigger arrives, undoes it when what depends on it failed, and
 * goes on where a timer brings it back. Duplicates, reordering and crashes are answered by the step's ledger.
 *
 * What a function of the step throws is recorded, and the step is tried again by a timer, as its retry policy says; then it is given up,
 * or parked when it cannot be. Only what the store, the timers or the event itself cannot do is thrown on, so that the delivery
 * is made again.
 *
 * Costs, for a step that acts in the store only: one write of the outcome (a PutItem, or a transaction with its decisions),
 * and what its functions read. For one that acts outside, or waits: one PutItem more, for its start. Where it waits for several events, one Query
 * for each of the others. A duplicate costs a write that fails, and one Query; an undo one Query and one write, and so does
 * asking another service for it. An attempt that failed costs one PutItem and one timer; a wait, and an answer of another
 * service, one timer. A trigger that was too large for the bus costs one Query more.
 *
 * @param saga - The definition.
 * @param name - Name of the step.
 * @param ports - The store, the timers, and what the step's functions need.
 * @throws InvalidArgumentError when the saga has no such step.
 */
export function createStepHandler<TSteps, TName extends keyof TSteps & string>(
  saga: Saga<EventSchemas, TSteps>,
  name: TName,
  ports: SagaPorts & ServicesOf<TSteps[TName]>,
): BusHandler {
  const runs = versionsNamed(saga, name).map((each) => ({ ...each, ports, services: ports.services }));
  for (const run of runs) checkNeeds(run);
  const handleEvent = handlePinned(saga, ports, async (definitions, event) => {
    for (const definition of definitions) {
      // Where the event's version has no such step, the event is for the step of another one.
      const run = runs.find((each) => each.saga === definition);
      // By which event a service is asked depends on the version: the cancellation is told again once that is known.
      const isUnknown =
        typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && definitions.length > 1 && run?.step.work === 'contract';
      if (run !== undefined && !isUnknown) await onEvent(run, event);
    }
  });
  /** A timer does not say under which version its run was begun: the ledger does. */
  const handleTimer = async (timer: Timer) => {
    // A rule may let through more than it should: the timer of another step is none of this one's.
    if (timer.saga !== saga.name || timer.step !== name) return;
    const run = await begunUnder(ports.store, runs, ({ step }) => [step], timer.key);
    if (run !== undefined) await onTimer(run, timer.key);
  };
  return async (delivery) => {
    if (delivery['detail-type'] === TIMER_DETAIL_TYPE) return handleTimer(parseTimer(delivery.detail));
    const isAnswer = typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && (await recordAnswer(runs, ports, delivery));
    return isAnswer ? undefined : handleEvent(delivery);
  };
}
