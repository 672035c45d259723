import type { AnySaga } from '@everfold/saga';
import { type State, type StateMachine, toStateMachine } from '@everfold/saga/asl';

/* The parts of the comparison of choreography and orchestration that follow from the saga. */

/** What one run that is completed costs in both forms, as a table. Optional steps are not needed in it. */
export function costTable(saga: AnySaga): string {
  const steps = saga.steps.filter(({ when }) => when === undefined);
  const starts = steps.filter(({ work, effect }) => work !== 'run' || effect === 'outside').length;
  const happening = new Set([saga.start, ...steps.map(({ ok }) => ok)]);
  const triggers = [...saga.steps, saga.end.done].map(({ on }) => on.filter((type) => happening.has(type)).length);
  const reads = triggers.reduce((sum, count) => sum + count * (count - 1), 0);
  const timers = steps.filter(({ work }) => work !== 'run').length;
  const answers = steps.filter(({ work }) => work === 'contract').length;
  const invocations = triggers.reduce((sum, count) => sum + count, 0) + timers + answers;
  const machine = toStateMachine(saga);
  const rows = [
    ['writes of ledgers', `${steps.length} + ${starts} + 1`, 'those of the functions'],
    ['reads of ledgers', reads === 0 ? '0' : `${reads} at most`, 'those of the functions'],
    ['bus entries', `${steps.length} + 2`, 'none needed; as many if others listen'],
    ['invocations of functions', `${invocations}, and the publisher`, String(tasks(machine))],
    ['timers', String(timers), 'none'],
    ['state transitions', 'none', String(entered(machine).length)],
  ];
  return [
    '| for one run | choreography | orchestration |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

/** The last step that can be undone as an orchestrator has it, with what follows upon each of its answers. */
export function machineExcerpt(saga: AnySaga): string {
  const step = saga.steps.findLast(({ undo }) => undo !== undefined);
  const { States, ...head } = toStateMachine(saga);
  const names = [step?.name, `outcome of ${step?.name}`, `give up ${step?.name}`, `undo ${step?.name}`];
  const some = Object.fromEntries(Object.entries(States).filter(([name]) => names.includes(name)));
  return `\`\`\`json\n${JSON.stringify({ ...head, States: some }, undefined, 2)}\n\`\`\``;
}

function tasks(machine: StateMachine): number {
  return entered(machine).filter(({ Type }) => Type === 'Task').length;
}

/** The states that a run enters in which all succeeds. A wait that is optional is not needed in it. */
function entered({ StartAt, States }: Pick<StateMachine, 'StartAt' | 'States'>): State[] {
  const states: State[] = [];
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name];
    if (state === undefined) break;
    states.push(state, ...(state.Type === 'Parallel' ? state.Branches.flatMap(entered) : []));
    name = nextOf(name, state);
  }
  return states;
}

function nextOf(name: string, state: State): string | undefined {
  if (state.Type === 'Choice') {
    const isOutcome = name.startsWith('outcome of') || name.endsWith('succeeded?');
    return isOutcome ? state.Choices[0]?.Next : state.Default;
  }
  return 'Next' in state ? state.Next : undefined;
}
