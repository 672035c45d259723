import { isReserved } from '@everfold/core';
import { checkDeadlines } from './check-deadlines.js';
import { checkFlow } from './check-flow.js';
import { InvalidSagaError } from './errors.js';
import type { AnyOptions } from './saga.js';
import { producedBy, type SagaStep } from './step.js';

/* What types cannot see of a definition. Each check throws an InvalidSagaError. */

/** Says what is wrong, and how to mend it. */
export type Refuse = (problem: string) => never;

/** Categories of streams begin with these: letters, digits, "_" and ".". */
const CATEGORY = /^[A-Za-z][A-Za-z0-9_.]*$/;

/** No dot and no slash: a step's name ends in ledgers and idempotency keys where it should. */
const STEP_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

export function checkSaga(options: AnyOptions, steps: readonly SagaStep[], doneOn: readonly string[]): void {
  const { name, version, events } = options;
  const refuse: Refuse = (problem) => {
    throw new InvalidSagaError(name, problem);
  };
  if (!CATEGORY.test(name)) refuse('its name must begin with a letter and have letters, digits, "_" and "." only');
  if (!Number.isInteger(version) || version < 1) refuse(`its version is ${version}; give a whole number from 1`);
  if (steps.length === 0) refuse('it has no steps');
  const reserved = Object.keys(events).find(isReserved);
  if (reserved !== undefined) refuse(`event type "${reserved}" is reserved for Everfold itself; rename it`);
  for (const step of steps) checkStep(options, step, refuse);
  checkNames(options, steps, refuse);
  checkFlow(options, steps, doneOn, refuse);
  checkDeadlines(options, steps, refuse);
}

function checkStep({ events }: AnyOptions, step: SagaStep, refuse: Refuse): void {
  if (!STEP_NAME.test(step.name)) refuse(`step "${step.name}" must have a name of letters, digits and "_"`);
  if (!CATEGORY.test(step.ledger)) {
    refuse(
      `step "${step.name}" keeps its ledger in "${step.ledger}", which is not a category: use letters, digits, "_" and "."`,
    );
  }
  const unknown = [...step.on, ...producedBy(step)].find((type) => !Object.hasOwn(events, type));
  if (unknown !== undefined) refuse(`step "${step.name}" names an event "${unknown}" that is not among its events`);
  if (step.kind === 'compensatable' && step.undo === undefined)
    refuse(`step "${step.name}" comes before the pivot and cannot be undone; give it an undo`);
  if (step.work === 'contract' && step.undo !== undefined && (!step.undo.ask || !step.undo.data))
    refuse(
      `step "${step.name}" is run by another service, which nobody asks to take its work back; give its undo an ask`,
    );
  if (step.work === 'run' ? step.run === undefined : step.run !== undefined)
    refuse(`step "${step.name}" ${step.work === 'run' ? 'has no run' : 'is not run here, and must not have a run'}`);
}

/** Names tell the steps apart in handlers and idempotency keys, and ledgers in the store. */
function checkNames({ name }: AnyOptions, steps: readonly SagaStep[], refuse: Refuse): void {
  const names = new Set<string>();
  const ledgers = new Set<string>([`${name}.end`]);
  for (const step of steps) {
    if (names.has(step.name)) refuse(`two steps are named "${step.name}"; give each its own name`);
    names.add(step.name);
    if (ledgers.has(step.ledger)) refuse(`two steps keep their ledger in category "${step.ledger}"; give each its own`);
    ledgers.add(step.ledger);
  }
}
