import { durationMs } from './duration.js';
import { leftOut } from './left-out.js';
import { retryWindowMs } from './retry-policy.js';
import type { AnyOptions } from './saga.js';
import { type AnyStep, ownNegatives, type RetryPolicy, type SagaStep } from './step.js';
import type { All, Duration, Retry } from './types.js';

/* What follows from the steps of a definition. */

/** The types that a trigger names. */
export function typesOf(on: string | All): readonly string[] {
  return typeof on === 'string' ? [on] : on.all;
}

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;

/** The steps with everything that is derived about them. @throws InvalidArgumentError when a duration is not one. */
export function deriveSteps(options: AnyOptions, defined: readonly AnyStep[]): SagaStep[] {
  const steps = defined.map((step) => ({ ...stepOf(options, step), undoneOn: [] }));
  return steps.map((step) => ({ ...step, undoneOn: undoTriggers(options, step, steps) }));
}

function stepOf(options: AnyOptions, step: AnyStep): Omit<SagaStep, 'undoneOn'> {
  const { timeout, deadline = timeout, source, retry, fails = [], on, ledger, effect = 'outside', ...asGiven } = step;
  return {
    ...asGiven,
    work: workOf(step),
    on: typesOf(on),
    fails,
    ledger: ledger ?? `${options.name}.${step.name}`,
    effect,
    retry: retryPolicy(retry, deadline?.after),
    ...(typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' && source !== undefined && { contract: { source } }),
    ...(deadline && {
      deadline: { afterMs: durationMs(deadline.after), ...(deadline.fail && { fail: deadline.fail }) },
    }),
  };
}

function workOf({ kind, source }: AnyStep): SagaStep['work'] {
  if (kind === 'wait') return 'wait';
  if (source === undefined) return 'run';
  return typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' ? 'contract' : leftOut('steps under a contract');
}

/** Attempts, if nothing else is said: as many of these as fit into the deadline. */
const ATTEMPTS = 5;

function retryPolicy(retry: Retry = {}, deadline?: Duration): RetryPolicy {
  const { first = '1m', longest = '15m' } = retry;
  const policy = { attempts: retry.attempts ?? ATTEMPTS, firstMs: durationMs(first), longestMs: durationMs(longest) };
  if (retry.attempts === undefined && deadline !== undefined)
    while (policy.attempts > 1 && retryWindowMs(policy) > durationMs(deadline)) policy.attempts--;
  return policy;
}

/** The step that succeeds with an event, unless it is the start. */
export function producerOf(type: string, steps: readonly SagaStep[]): SagaStep | undefined {
  return steps.find(({ ok }) => ok === type);
}

/** The steps that an event alone or with others triggers. */
export function triggeredBy(type: string, steps: readonly SagaStep[]): SagaStep[] {
  return steps.filter(({ on }) => on.includes(type));
}

/** The steps that a step hangs on, directly or through others. */
export function ancestorsOf(step: SagaStep, steps: readonly SagaStep[]): SagaStep[] {
  const direct = step.on.flatMap((type) => producerOf(type, steps) ?? []);
  return [...new Set(direct.flatMap((each) => [...ancestorsOf(each, steps), each]))];
}

/**
 * What makes those before and beside a step take back their work: its failures and its compensation. A step that only waits has
 * nothing to take back, so it hands through what comes from those that follow on it.
 */
export function negativesOf(step: SagaStep, steps: readonly SagaStep[]): string[] {
  const own = ownNegatives(step);
  if (step.work !== 'wait') return own;
  return [...new Set([...own, ...triggeredBy(step.ok, steps).flatMap((next) => negativesOf(next, steps))])];
}

/** A step is undone when what follows on it, or what runs beside it, has failed or was undone, or the saga is cancelled. */
function undoTriggers({ cancel }: AnyOptions, step: SagaStep, steps: readonly SagaStep[]): string[] {
  if (step.kind === 'retriable') return [];
  const following = step.undo ? triggeredBy(step.ok, steps) : [];
  const beside = step.kind === 'pivot' ? [] : stepsBeside(step, steps);
  const negatives = [...following, ...beside].flatMap((each) => negativesOf(each, steps));
  return [...new Set(negatives.concat(cancel ?? []))];
}

/**
 * The siblings of a step and of those before it: when one of them fails, the branch beside it is taken back from its far end.
 * Those that the step itself hangs on are none: once they fail, it was taken back before, or never begun. Nor are those that
 * hang on it: what they come to reaches it through those between.
 */
function stepsBeside(step: SagaStep, steps: readonly SagaStep[]): SagaStep[] {
  const ancestors = ancestorsOf(step, steps);
  const siblings = [step, ...ancestors].flatMap(({ on }) => on.flatMap((type) => triggeredBy(type, steps)));
  return [...new Set(siblings)].filter(
    (other) => other !== step && !ancestors.includes(other) && !ancestorsOf(other, steps).includes(step),
  );
}
