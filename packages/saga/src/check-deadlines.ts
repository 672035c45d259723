import type { Refuse } from './check-saga.js';
import { durationMs } from './duration.js';
import { retryWindowMs } from './retry-policy.js';
import type { AnyOptions } from './saga.js';
import type { SagaStep } from './step.js';

/* Whether the times in a definition fit inside each other. */

export function checkDeadlines({ within, maxHops }: AnyOptions, steps: readonly SagaStep[], refuse: Refuse): void {
  for (const step of steps) checkStep(step, refuse);
  if (maxHops !== undefined && !(Number.isInteger(maxHops) && maxHops >= 1))
    refuse(`its maxHops are ${maxHops}; give a whole number from 1`);
  if (within === undefined) return;
  const withinMs = durationMs(within);
  for (const step of steps) {
    const path = longestPath(step, steps);
    const totalMs = path.reduce((sum, { deadline }) => sum + (deadline?.afterMs ?? 0), 0);
    if (totalMs > withinMs) {
      const names = path.map(({ name }) => `"${name}"`).join(', ');
      refuse(`it should end within ${within}, but the deadlines of ${names} add up to ${inWords(totalMs)}`);
    }
  }
}

function checkStep({ name, work, kind, effect, retry, deadline }: SagaStep, refuse: Refuse): void {
  if (!Number.isInteger(retry.attempts) || retry.attempts < 1)
    refuse(`step "${name}" is given ${retry.attempts} attempts; give a whole number from 1`);
  if (retry.firstMs > retry.longestMs)
    refuse(`step "${name}" pauses ${inWords(retry.firstMs)} first, and ${inWords(retry.longestMs)} at the longest`);
  const needsDeadline = work === 'run' ? kind === 'compensatable' && effect === 'outside' : true;
  if (needsDeadline && deadline === undefined) refuse(`step "${name}" may never have an answer; give it a deadline`);
  if (deadline !== undefined && deadline.afterMs <= 0) refuse(`step "${name}" has no time: its deadline is 0`);
  if (work !== 'contract' && needsDeadline && deadline?.fail === undefined)
    refuse(`step "${name}" does not say how to fail at its deadline`);
  const totalMs = retryWindowMs(retry);
  if (work === 'run' && deadline !== undefined && totalMs > deadline.afterMs) {
    refuse(
      `step "${name}" pauses ${inWords(totalMs)} between its ${retry.attempts} attempts, and its deadline is after ${inWords(deadline.afterMs)}`,
    );
  }
}

/** The way to a step on which the deadlines add up to most, the step included. */
function longestPath(step: SagaStep, steps: readonly SagaStep[]): readonly SagaStep[] {
  const timeOf = (path: readonly SagaStep[]) => path.reduce((sum, { deadline }) => sum + (deadline?.afterMs ?? 0), 0);
  const before = steps.filter(({ ok }) => step.on.includes(ok)).map((each) => longestPath(each, steps));
  const [longest = []] = before.sort((one, other) => timeOf(other) - timeOf(one));
  return [...longest, step];
}

function inWords(ms: number): string {
  return ms % 60_000 === 0 && ms > 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`;
}
