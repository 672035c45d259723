// The orchestrated twin of a saga
export { toStateMachine } from './to-state-machine.js';
export type { StateMachineOptions } from './options.js';
export type { Catcher, Condition, Retrier, State, StateMachine, TaskState } from './states.js';
