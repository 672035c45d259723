import { defined } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import { dueOf, type Grace } from './due.js';
import type { RunFacts, RunRow, RunStatus, StepRow } from './run-row.js';

/** The row that follows from what is known of a run: a pure function, so that no order of arrival shows in it. */
export function rowOf(saga: AnySaga, facts: RunFacts, grace: Grace): RunRow {
  const status = statusOf(saga, facts);
  const reason = reasonOf(saga, facts, status);
  const due = dueOf(saga, facts, status, grace);
  const { outcome: _isTheStatus, ...kept } = facts;
  return defined({ ...kept, steps: inOrder(saga, facts.steps), status, reason, due });
}

/** What is known of a run, out of its row. */
export function factsOf({ status, reason: _reason, due: _due, ...facts }: RunRow): RunFacts {
  return status === 'completed' || status === 'cancelled' ? { ...facts, outcome: status } : facts;
}

function statusOf(saga: AnySaga, { outcome, steps, cancel }: RunFacts): RunStatus {
  if (outcome !== undefined) return outcome;
  const rows = Object.values(steps);
  if (rows.some(({ parked }) => parked !== undefined)) return 'parked';
  const isPastPivot = saga.steps.some(({ kind, name }) => kind === 'pivot' && steps[name]?.status === 'ok');
  const isCancelled = saga.cancel !== undefined && cancel !== undefined;
  if (!isPastPivot && (isCancelled || rows.some(isGivenUp))) return 'compensating';
  const open = saga.steps.filter(({ name }) => steps[name]?.status === 'started');
  return open.length > 0 && open.every(({ work }) => work !== 'run') ? 'waiting' : 'running';
}

function isGivenUp({ status, asked, attempts }: StepRow): boolean {
  return !['empty', 'started', 'ok'].includes(status) || asked !== undefined || attempts?.work === 'undo';
}

/** Why a run is not on its way to its completion. */
function reasonOf(saga: AnySaga, facts: RunFacts, status: RunStatus): string | undefined {
  if (status === 'parked') {
    const [parked] = saga.steps.flatMap(({ name }) => {
      const reason = facts.steps[name]?.parked?.reason;
      return reason === undefined ? [] : [`${name}: ${reason}`];
    });
    return parked;
  }
  if (status !== 'compensating' && status !== 'cancelled') return undefined;
  const causes = saga.steps.flatMap(({ name }) => {
    const { failure, why, since = '' } = facts.steps[name] ?? {};
    // What was given up because of another's failure is no cause.
    if (failure === undefined || why === 'compensation') return [];
    return [{ at: since, reason: `${name}: ${failure}${why === undefined ? '' : ` (${why})`}` }];
  });
  if (saga.cancel !== undefined && facts.cancelledAt !== undefined)
    causes.push({ at: facts.cancelledAt, reason: saga.cancel });
  const [first] = causes.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return first?.reason;
}

function inOrder(saga: AnySaga, steps: RunFacts['steps']): RunFacts['steps'] {
  return Object.fromEntries(
    saga.steps.flatMap(({ name }) => {
      const row = steps[name];
      return row === undefined ? [] : [[name, row]];
    }),
  );
}
