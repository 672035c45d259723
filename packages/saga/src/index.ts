// Defining a saga
export { choreography } from './choreography.js';
export type { Choreography, Ending, PivotedChoreography, SagaOptions } from './choreography.js';
export { all } from './types.js';
export type {
  All,
  Duration,
  FailInput,
  FailReason,
  Outcome,
  Retry,
  RunInput,
  StepContext,
  UndoInput,
} from './types.js';
export type { Contract } from './step-types.js';
export type { AnySaga, Saga } from './saga.js';
export type { RetryPolicy, SagaStep, StepKind } from './step.js';
export {
  ContractBrokenError,
  InvalidOutcomeError,
  InvalidSagaError,
  NotWaitingError,
  TooManyHopsError,
  UnknownSagaVersionError,
} from './errors.js';

// Running it
export { createStepHandler } from './step-handler.js';
export { createEndHandler } from './end-handler.js';
export type { EndPorts } from './end-handler.js';
export { createFactRecorder } from './record-fact.js';
export type { RecordFact } from './record-fact.js';
export type { LedgerNotice, SagaPorts } from './ports.js';
export { endPattern, stepPattern } from './patterns.js';
export { startMetadata, withEarlier } from './versions.js';

// The ledger, for those who look into one
export { foldLedger, isTakenBack } from './ledger.js';
export type { Ledger, LedgerStatus } from './ledger.js';
export { react } from './reaction.js';
export type { Reaction, Stimulus } from './reaction.js';

// Timers
export { TIMER_DETAIL_TYPE } from './timers/timers.js';
export type { Timer, Timers } from './timers/timers.js';
export { SchedulerTimers } from './timers/scheduler-timers.js';
export type { SchedulerTimersOptions } from './timers/scheduler-timers.js';
export { InvalidTimerError, TimerNotSetError } from './timers/errors.js';
