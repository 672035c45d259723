import { isReserved } from '@everfold/core';
import { durationMs } from './duration.js';
import { InvalidSagaError } from './errors.js';
import type { AnyOptions } from './saga.js';
import { type AnyStep, negativeOutcomes } from './step.js';

/* What types cannot see of a definition. Each check throws an InvalidSagaError. */

/** Categories of streams begin with these: letters, digits, "_" and ".". */
const CATEGORY = /^[A-Za-z][A-Za-z0-9_.]*$/;

/** No dot and no slash: a step's name ends in ledgers and idempotency keys where it should. */
const STEP_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

export function checkSaga(options: AnyOptions, steps: readonly AnyStep[], doneOn: string): void {
  const { name, version, events } = options;
  const refuse = (problem: string) => {
    throw new InvalidSagaError(name, problem);
  };
  if (!CATEGORY.test(name)) refuse('its name must begin with a letter and have letters, digits, "_" and "." only');
  if (!Number.isInteger(version) || version < 1) refuse(`its version is ${version}; give a whole number from 1`);
  if (steps.length === 0) refuse('it has no steps');
  const reserved = Object.keys(events).find(isReserved);
  if (reserved !== undefined) refuse(`event type "${reserved}" is reserved for Everfold itself; rename it`);
  for (const step of steps) checkStep(options, step, refuse);
  checkNames(options, steps, refuse);
  // What is done cannot be taken back, so nothing that may fail comes after.
  const tooLate = steps.find((step) => step.on === doneOn && step.kind !== 'retriable');
  if (tooLate) refuse(`it is done on "${doneOn}", upon which step "${tooLate.name}" only begins`);
}

type Refuse = (problem: string) => void;

function checkStep({ name, events }: AnyOptions, step: AnyStep, refuse: Refuse): void {
  if (!STEP_NAME.test(step.name)) refuse(`step "${step.name}" must have a name of letters, digits and "_"`);
  const ledger = step.ledger ?? `${name}.${step.name}`;
  if (!CATEGORY.test(ledger)) {
    refuse(
      `step "${step.name}" keeps its ledger in "${ledger}", which is not a category: use letters, digits, "_" and "."`,
    );
  }
  if (step.timeout) durationMs(step.timeout.after);
  const unknown = [step.on, step.ok, ...negativeOutcomes(step)].find((type) => !Object.hasOwn(events, type));
  if (unknown !== undefined) refuse(`step "${step.name}" names an event "${unknown}" that is not among its events`);
}

/** Names tell the steps apart in handlers and idempotency keys, and ledgers in the store. */
function checkNames({ name }: AnyOptions, steps: readonly AnyStep[], refuse: Refuse): void {
  const names = new Set<string>();
  const ledgers = new Set<string>([`${name}.end`]);
  for (const step of steps) {
    if (names.has(step.name)) refuse(`two steps are named "${step.name}"; give each its own name`);
    names.add(step.name);
    const ledger = step.ledger ?? `${name}.${step.name}`;
    if (ledgers.has(ledger)) refuse(`two steps keep their ledger in category "${ledger}"; give each its own`);
    ledgers.add(ledger);
  }
}
