// Defining a saga
export { choreography } from './choreography.js';
export type { Choreography, Ending, PivotedChoreography, SagaOptions } from './choreography.js';
export type { Duration, Outcome, RunInput, StepContext, UndoInput } from './types.js';
export type { Saga } from './saga.js';
export type { SagaStep } from './step.js';
export { InvalidOutcomeError, InvalidSagaError } from './errors.js';

// Running it
export { createStepHandler } from './step-handler.js';
export { createEndHandler } from './end-handler.js';
export type { SagaPorts } from './ports.js';
export { endPattern, stepPattern } from './patterns.js';

// The ledger, for those who look into one
export { decideBackward, decideForward, foldLedger, isTakenBack } from './ledger.js';
export type { Backward, Forward, Ledger, LedgerStatus } from './ledger.js';
