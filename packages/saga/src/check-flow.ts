import type { Refuse } from './check-saga.js';
import { ancestorsOf, producerOf, triggeredBy } from './derive.js';
import type { AnyOptions } from './saga.js';
import { ownNegatives, producedBy, type SagaStep } from './step.js';

/* Whether every run of a saga comes to one of its two ends, whatever fails on the way. */

export function checkFlow(
  options: AnyOptions,
  steps: readonly SagaStep[],
  doneOn: readonly string[],
  refuse: Refuse,
): void {
  checkProducers(options, steps, refuse);
  for (const step of steps) {
    checkTriggers(options, step, steps, refuse);
    checkOptional(step, steps, refuse);
    checkFailures(step, steps, refuse);
  }
  checkEnd(options, steps, doneOn, refuse);
}

/** An event has one producer, or it would not be known whose outcome it is. */
function checkProducers({ start, cancel }: AnyOptions, steps: readonly SagaStep[], refuse: Refuse): void {
  const producers = new Map<string, string>([[start, 'the start']]);
  if (cancel !== undefined) producers.set(cancel, 'the cancellation');
  for (const step of steps) {
    for (const type of producedBy(step)) {
      const other = producers.get(type);
      if (other !== undefined) refuse(`"${type}" comes from step "${step.name}" and from ${other}; rename one of them`);
      producers.set(type, `step "${step.name}"`);
    }
  }
}

/** What triggers a step comes from a step before it: so no run goes round in circles, and each step can be reached. */
function checkTriggers({ start }: AnyOptions, step: SagaStep, steps: readonly SagaStep[], refuse: Refuse): void {
  const before = steps.slice(0, steps.indexOf(step));
  if (step.on.length === 0) refuse(`step "${step.name}" is triggered by nothing`);
  for (const type of step.on) {
    if (type !== start && producerOf(type, before) === undefined)
      refuse(`step "${step.name}" waits for "${type}", with which neither the start nor a step before it succeeds`);
    const others = step.on.filter((other) => other !== type);
    if (others.length < step.on.length - 1) refuse(`step "${step.name}" waits for "${type}" twice`);
    // What comes before another of its triggers says nothing, unless an optional one is decided on it.
    for (const later of others.filter((other) => comesAfter(other, type, start, steps))) {
      const producer = producerOf(later, steps);
      if (producer?.when === undefined || producer.on[0] !== type)
        refuse(
          `step "${step.name}" waits for "${type}", and for "${later}" which comes after it; name "${later}" alone`,
        );
    }
  }
  if (producerOf(step.on[0] ?? '', steps)?.when)
    refuse(`step "${step.name}" waits for "${step.on[0]}" first, which is optional; name another one first`);
  if (step.work === 'contract' && step.on.length > 1)
    refuse(`step "${step.name}" is run by another service and waits for several events; give it one`);
}

function comesAfter(later: string, type: string, start: string, steps: readonly SagaStep[]): boolean {
  const producer = producerOf(later, steps);
  if (producer === undefined) return false;
  return type === start || ancestorsOf(producer, steps).some(({ ok }) => ok === type);
}

/** Whoever waits for an optional fact has to know whether it will ever come: from the event on which that is decided. */
function checkOptional(step: SagaStep, steps: readonly SagaStep[], refuse: Refuse): void {
  if (step.when === undefined) return;
  const [on = ''] = step.on;
  if (step.on.length > 1) refuse(`step "${step.name}" is optional and waits for several events; give it one`);
  const lost = triggeredBy(step.ok, steps).find((next) => !next.on.includes(on));
  if (lost !== undefined)
    refuse(
      `step "${lost.name}" waits for "${step.ok}", which is optional; let it wait for all of "${on}" and "${step.ok}"`,
    );
}

/** Whatever fails is answered: those before it can take back what they did. */
function checkFailures(step: SagaStep, steps: readonly SagaStep[], refuse: Refuse): void {
  const [failure] = ownNegatives(step);
  if (failure === undefined) return;
  for (const type of step.on) {
    const before = producerOf(type, steps);
    if (before !== undefined && before.undo === undefined && before.kind !== 'wait')
      refuse(`step "${step.name}" may come to "${failure}" after step "${before.name}", which is never undone`);
  }
}

/** All work stands when the saga is done, and none when it is cancelled. */
function checkEnd(
  { start, cancel }: AnyOptions,
  steps: readonly SagaStep[],
  doneOn: readonly string[],
  refuse: Refuse,
): void {
  for (const type of doneOn) {
    if (type === start || producerOf(type, steps) === undefined)
      refuse(`it is done on "${type}", with which no step succeeds`);
    if (producerOf(type, steps)?.when) refuse(`it is done on "${type}", which is optional`);
  }
  const last = steps.filter(({ ok }) => doneOn.includes(ok));
  const leading = new Set(last.flatMap((step) => [...ancestorsOf(step, steps), step]));
  const idle = steps.find((step) => !leading.has(step));
  if (idle !== undefined)
    refuse(`it may be done before "${idle.ok}" of step "${idle.name}": let it be done on all of them`);
  const pivots = steps.filter(({ kind }) => kind === 'pivot');
  const [pivot] = pivots;
  if (pivots.length > 1) refuse(`it has several pivots: ${pivots.map(({ name }) => `"${name}"`).join(', ')}; keep one`);
  if (pivot === undefined) {
    if (cancel !== undefined)
      refuse(`it can be cancelled by "${cancel}", but has no pivot that says up to where; make a step its pivot`);
    if (steps.some(({ kind }) => kind === 'retriable')) refuse('it has a step after the pivot, and no pivot');
    return;
  }
  const before = ancestorsOf(pivot, steps);
  const astray = steps.find((step) => step.kind !== 'retriable' && step !== pivot && !before.includes(step));
  if (astray !== undefined)
    refuse(
      `step "${astray.name}" may fail when the pivot "${pivot.name}" is past; let the pivot wait for "${astray.ok}" as well`,
    );
  const early = steps.find((step) => step.kind === 'retriable' && !ancestorsOf(step, steps).includes(pivot));
  if (early !== undefined)
    refuse(`step "${early.name}" cannot be undone and does not wait for the pivot "${pivot.name}"`);
}
