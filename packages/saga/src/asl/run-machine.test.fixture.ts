import type { Condition, State, StateMachine, TaskState } from './states.js';

/* As much of Step Functions as a saga's state machine needs: enough to see which way it goes. */

type Json = Record<string, unknown>;

/** What a task was called for. */
export interface Call {
  readonly step: string;
  readonly work: string;
}

/** A task failed with an error of this name. */
export class TaskError extends Error {
  override readonly name: string;

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** Runs a state machine. @param perform - Gives the result of a task. @returns The state that it ends with. */
export function runMachine(
  { StartAt, States }: Pick<StateMachine, 'StartAt' | 'States'>,
  input: Json,
  perform: (call: Call, attempts: number) => unknown,
): { readonly last: string; readonly output: Json } {
  let [name, data] = [StartAt, input];
  for (let steps = 0; steps < 500; steps++) {
    const state = States[name];
    if (state === undefined) throw new Error(`There is no state "${name}".`);
    const { next, output } = go(name, state, data, perform);
    if (next === undefined) return { last: name, output };
    [name, data] = [next, output];
  }
  throw new Error('It goes round in circles.');
}

function go(name: string, state: State, input: Json, perform: (call: Call, attempts: number) => unknown) {
  switch (state.Type) {
    case 'Pass':
      return { next: nextOf(state), output: put(input, state.ResultPath ?? '$', state.Result ?? input) };
    case 'Succeed':
    case 'Fail':
      return { next: undefined, output: input };
    case 'Choice': {
      const next = state.Choices.find((rule) => holds(rule, input))?.Next ?? state.Default;
      if (next === undefined) throw new TaskError(`States.NoChoiceMatched at ${name}`);
      return { next, output: input };
    }
    case 'Parallel': {
      const results = state.Branches.map((branch) => runMachine(branch, input, perform).output);
      return { next: nextOf(state), output: put(input, state.ResultPath, fill(state.ResultSelector, results)) };
    }
    case 'Task':
      return goTask(state, input, perform);
  }
}

function goTask(state: TaskState, input: Json, perform: (call: Call, attempts: number) => unknown) {
  const { Payload, Entries } = fill(state.Parameters, input) as {
    Payload?: { step: string; work: string };
    Entries?: { Detail: { idempotencyKey: string } }[];
  };
  const [entry] = Entries ?? [];
  const step = Payload?.step ?? entry?.Detail.idempotencyKey.split('/')[1] ?? '';
  const work = Payload?.work ?? (state.ResultPath === null ? 'undo' : 'ask');
  const attempts = 1 + (state.Retry.find(({ ErrorEquals }) => ErrorEquals[0] === 'States.ALL')?.MaxAttempts ?? 0);
  try {
    const answer = perform({ step, work }, attempts);
    const result = Payload && !state.Resource.endsWith('waitForTaskToken') ? { Payload: answer } : answer;
    const selected = state.ResultSelector ? fill(state.ResultSelector, result) : result;
    return { next: nextOf(state), output: state.ResultPath === null ? input : put(input, state.ResultPath, selected) };
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    const isCaught = (names: readonly string[]) => names.includes('States.ALL') || names.includes(error.name);
    const catcher = state.Catch?.find(({ ErrorEquals }) => isCaught(ErrorEquals));
    if (catcher === undefined) throw error;
    return { next: catcher.Next, output: put(input, catcher.ResultPath, { Error: error.name }) };
  }
}

function nextOf(state: { readonly Next: string } | { readonly End: true }): string | undefined {
  return 'Next' in state ? state.Next : undefined;
}

function holds(rule: Condition, input: Json): boolean {
  if (Array.isArray(rule.And)) return rule.And.every((each) => holds(each, input));
  if (Array.isArray(rule.Or)) return rule.Or.some((each) => holds(each, input));
  const value = at(input, String(rule.Variable));
  return value === (rule.StringEquals ?? rule.BooleanEquals);
}

/** A payload template with its paths replaced by what stands there. */
function fill(template: unknown, input: unknown): unknown {
  if (Array.isArray(template)) return template.map((each) => fill(each, input));
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(([key, value]) =>
    key.endsWith('.$') ? [key.slice(0, -2), resultOf(String(value), input)] : [key, fill(value, input)],
  );
  return Object.fromEntries(entries);
}

function resultOf(path: string, input: unknown): unknown {
  if (path.startsWith('$$')) return 'token';
  const format = /^States\.Format\('(.*)', (\$.*)\)$/.exec(path);
  return format ? format[1]?.replace('{}', String(at(input, format[2] ?? '$'))) : at(input, path);
}

/** @throws TaskError when nothing stands there, as Step Functions does. */
function at(input: unknown, path: string): unknown {
  const keys = path.match(/[\w-]+/g) ?? [];
  return keys.reduce((value: unknown, key) => {
    if (typeof value !== 'object' || value === null || !(key in value))
      throw new TaskError(`States.Runtime: no ${path}`);
    return (value as Json)[key];
  }, input);
}

function put(input: Json, path: string, value: unknown): Json {
  const [key, ...rest] = path.match(/\w+/g) ?? [];
  if (key === undefined) return value as Json;
  return { ...input, [key]: rest.length === 0 ? value : put((input[key] ?? {}) as Json, `$.${rest.join('.')}`, value) };
}
