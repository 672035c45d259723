import { InvalidArgumentError } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import { type Block, blockOf, stepsIn } from './block.js';
import type { StateMachineOptions } from './options.js';
import type { Condition, State, StateMachine } from './states.js';
import { Tasks } from './tasks.js';

/** The longest name of a state. Source: Amazon States Language, "States": at most 80 Unicode characters. */
const LONGEST_NAME = 80;

/**
 * Makes the orchestrated twin of a saga: an AWS Step Functions state machine that calls the steps in their order, and undoes them
 * backwards when one of them fails.
 *
 * A run is an execution of a Standard workflow with the input `{ key, start: { type, data } }`. A step is a Lambda function; it
 * is given `{ saga, step, work, <key field>, idempotencyKey, events }`, to undo `outcome` and `steps` in place of `events`, and returns
 * its outcome as `{ type, data }`. A step that waits
 * hands on its `taskToken`; whoever knows the fact sends it with `SendTaskSuccess` as `{ type, data }`. A service under a contract is
 * asked over the bus and does the same.
 *
 * What differs from the choreography, because an orchestrator cannot do it otherwise:
 * - A branch that fails lets the others end before anything is undone: a Parallel state that fails stops its branches, but not the
 *   functions that they have called, so that nobody would know what those did.
 * - A cancellation is heard where the run waits (`SendTaskFailure` with the error `Cancelled`) and before the pivot.
 * - A deadline is that of one attempt. A run that needs somebody to look into it is a failed execution; redrive it.
 * - Branches that are not nested wait for each other.
 *
 * Source: AWS Step Functions Developer Guide, "Parallel workflow state", "Handling errors in Step Functions workflows", "Restarting
 * state machine executions with redrive".
 *
 * @param saga - The definition. Earlier versions of it are other state machines.
 * @throws InvalidArgumentError when the name of a step is too long for a state.
 *
 * @example
 * ```ts
 * import { toStateMachine } from '@everfold/saga/asl';
 * const definition = JSON.stringify(toStateMachine(saga, { functionArn: (name) => `arn:aws:lambda:eu-west-1:1:function:${name}` }));
 * ```
 */
export function toStateMachine(saga: AnySaga, options: StateMachineOptions = {}): StateMachine {
  const layout = new Layout(saga, options);
  const { StartAt, States } = layout.whole();
  const long = Object.keys(States).find((name) => name.length > LONGEST_NAME);
  if (long !== undefined)
    throw new InvalidArgumentError(
      `State "${long}" has a name of more than ${LONGEST_NAME} characters; shorten its step's.`,
    );
  return { Comment: `Saga ${saga.name}, version ${saga.version}, orchestrated.`, StartAt, States };
}

/** Where a block leads. */
interface Exits {
  readonly ok: string;
  readonly failed: string;
}

class Layout {
  readonly #saga: AnySaga;
  readonly #options: StateMachineOptions;
  readonly #tasks: Tasks;
  #parallels = 0;

  constructor(saga: AnySaga, options: StateMachineOptions) {
    this.#saga = saga;
    this.#options = options;
    this.#tasks = new Tasks(saga, options);
  }

  whole(): Pick<StateMachine, 'StartAt' | 'States'> {
    const { steps, end } = this.#saga;
    const { done, cancelled } = end;
    const states: Record<string, State> = {};
    const block = blockOf(steps);
    const blocks = block.kind === 'series' ? block.blocks : [block];
    let back = `record ${cancelled.emit}`;
    const failed = blocks.map((each) => {
      const before = back;
      back = this.#undo(each, back, states);
      // Of one step that failed nothing is to be undone; of several beside each other, what the others did.
      return each.kind === 'step' ? before : back;
    });
    let ok = `record ${done.emit}`;
    for (const [index, each] of [...blocks.entries()].reverse()) {
      const exits = { ok, failed: failed[index] ?? '' };
      ok = this.#lay(each, exits, states);
      if (each.kind === 'step' && each.step.kind === 'pivot') ok = this.#askWhetherCancelled({ ...exits, ok }, states);
    }
    const first: State = {
      Type: 'Pass',
      Comment: 'Nothing of any step is done yet.',
      Result: Object.fromEntries(steps.map(({ name }) => [name, { type: 'none' }])),
      ResultPath: '$.steps',
      Next: ok,
    };
    // In the order in which they are gone through, for whoever reads it.
    const forwards = Object.entries(states).reverse();
    return {
      StartAt: 'begin',
      States: {
        begin: first,
        ...Object.fromEntries(forwards),
        [`record ${done.emit}`]: { ...this.#tasks.end('done'), Next: done.emit },
        [done.emit]: { Type: 'Succeed' },
        [`record ${cancelled.emit}`]: { ...this.#tasks.end('cancel'), Next: cancelled.emit },
        [cancelled.emit]: {
          Type: 'Fail',
          Error: cancelled.emit,
          Cause: 'A step failed, and all before it were undone.',
        },
      },
    };
  }

  /** Adds the states of a block. @returns The first of them. */
  #lay(block: Block, exits: Exits, states: Record<string, State>): string {
    if (block.kind === 'step') return this.#layStep(block.step, exits, states);
    if (block.kind === 'parallel') return this.#layParallel(block.branches, exits, states);
    return block.blocks.reduceRight((ok, each) => this.#lay(each, { ...exits, ok }, states), exits.ok);
  }

  #layStep(step: SagaStep, { ok, failed }: Exits, states: Record<string, State>): string {
    const { name, deadline, fails, work } = step;
    const givenUp = `give up ${name}`;
    if (deadline?.fail) states[givenUp] = { ...this.#tasks.giveUp(step), Next: failed };
    const outcome = `outcome of ${name}`;
    if (fails.length > 0)
      states[outcome] = {
        Type: 'Choice',
        Choices: [is(name, step.ok, ok), ...fails.map((type) => is(name, type, failed))],
      };
    // A business failure is a result; an error is caught only where what is unknown can be made known.
    const caught = work === 'run' ? ['States.ALL'] : ['States.Timeout', 'Cancelled'];
    const Catch = [{ ErrorEquals: caught, ResultPath: '$.error', Next: givenUp }];
    states[name] = {
      ...this.#tasks.forward(step),
      ...(deadline?.fail ? { Catch } : {}),
      Next: fails.length > 0 ? outcome : ok,
    };
    return step.when ? this.#askWhetherNeeded(step, ok, states) : name;
  }

  #askWhetherNeeded(step: SagaStep, ok: string, states: Record<string, State>): string {
    const { name } = step;
    const [asks, decides, passes] = [`ask whether ${name} is needed`, `${name} is needed?`, `${name} is not needed`];
    const condition = this.#options.conditions?.[name];
    const yes: Condition = condition ?? { Variable: '$.needed.yes', BooleanEquals: true };
    states[passes] = { Type: 'Pass', Result: { type: NOT_NEEDED }, ResultPath: `$.steps.${name}`, Next: ok };
    states[decides] = { Type: 'Choice', Choices: [{ ...yes, Next: name }], Default: passes };
    if (condition) return decides;
    states[asks] = { ...this.#tasks.question(name, 'needed', step), Next: decides };
    return asks;
  }

  #askWhetherCancelled({ ok, failed }: Exits, states: Record<string, State>): string {
    const { cancel } = this.#saga;
    if (cancel === undefined) return ok;
    const [asks, decides] = [`ask for ${cancel}`, `${cancel}?`];
    states[decides] = {
      Type: 'Choice',
      Choices: [{ Variable: '$.cancelled.yes', BooleanEquals: true, Next: failed }],
      Default: ok,
    };
    states[asks] = { ...this.#tasks.question('end', 'cancelled'), Next: decides };
    return asks;
  }

  /** Branches end well whatever they come to: one that failed would stop the others on the way. */
  #layParallel(branches: readonly Block[], { ok, failed }: Exits, states: Record<string, State>): string {
    const name = `parallel ${++this.#parallels}`;
    const Branches = branches.map((branch, index) => {
      const last = `end of branch ${index + 1} of ${name}`;
      const within: Record<string, State> = {};
      const StartAt = this.#lay(branch, { ok: last, failed: last }, within);
      const States = {
        ...Object.fromEntries(Object.entries(within).reverse()),
        [last]: { Type: 'Pass', End: true } as const,
      };
      return { StartAt, States };
    });
    const canFail = branches.flatMap(stepsIn).some(({ fails }) => fails.length > 0);
    const all = branches.flatMap((branch) => lastOf(branch).map(isDone));
    const asks = `${name} succeeded?`;
    if (canFail) states[asks] = { Type: 'Choice', Choices: [{ And: all, Next: ok }], Default: failed };
    const branchOf = (step: SagaStep) =>
      Math.max(
        0,
        branches.findIndex((branch) => stepsIn(branch).includes(step)),
      );
    states[name] = {
      Type: 'Parallel',
      Branches,
      ResultSelector: Object.fromEntries(
        this.#saga.steps.map((step) => [`${step.name}.$`, `$[${branchOf(step)}].steps.${step.name}`]),
      ),
      ResultPath: '$.steps',
      Next: canFail ? asks : ok,
    };
    return name;
  }

  /** Adds the states that undo a block, its last step first. @returns The first of them, or `next` where nothing is undone. */
  #undo(block: Block, next: string, states: Record<string, State>): string {
    let first = next;
    for (const step of stepsIn(block)) {
      if (step.undo === undefined) continue;
      const name = `undo ${step.name}`;
      states[name] = { ...this.#tasks.undo(step), Next: first };
      if (block.kind === 'step') first = name;
      else {
        states[`${name}?`] = { Type: 'Choice', Choices: [is(step.name, step.ok, name)], Default: first };
        first = `${name}?`;
      }
    }
    return first;
  }
}

const NOT_NEEDED = 'NotNeeded';

function is(step: string, type: string, Next: string) {
  return { Variable: `$.steps.${step}.type`, StringEquals: type, Next };
}

function isDone(step: SagaStep): Condition {
  const { Next: _leadsNowhere, ...done } = is(step.name, step.ok, '');
  if (!step.when) return done;
  return { Or: [done, { ...done, StringEquals: NOT_NEEDED }] };
}

/** The steps with which a block ends. */
function lastOf(block: Block): SagaStep[] {
  if (block.kind === 'step') return [block.step];
  if (block.kind === 'parallel') return block.branches.flatMap(lastOf);
  const last = block.blocks.at(-1);
  return last ? lastOf(last) : [];
}
