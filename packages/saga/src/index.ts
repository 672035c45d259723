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
  LeftOutError,
  NotWaitingError,
  TooManyHopsError,
  UnknownSagaVersionError,
} from './errors.js';

// Running it
export { createStepHandler } from './step-handler.js';
export { createEndHandler } from './end-handler.js';
export type { EndNotice, EndPorts } from './end-handler.js';
export { createFactRecorder } from './record-fact.js';
export type { RecordFact } from './record-fact.js';
export type { LedgerNotice, SagaPorts } from './ports.js';
export { contractPattern, endPattern, stepPattern } from './patterns.js';
export { endCategories, stepCategories } from './categories.js';
export { endLeavesOut, sagaLeavesOut, stepLeavesOut } from './leaves-out.js';
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

// Looking after the runs: where they are, what is stuck, what waits for somebody
export { createTracker } from './tracker/tracker.js';
export { trackerRows } from './tracker/tracker-rows.js';
export type { TrackerOptions } from './tracker/tracker-rows.js';
export { createSagaReader } from './tracker/saga-reader.js';
export type {
  Gauge,
  RunListRequest,
  RunPage,
  SagaGauges,
  SagaReader,
  SagaRun,
  StuckRequest,
  TrackedStep,
} from './tracker/saga-reader.js';
export type { RunClass, RunRow, RunStatus, StepRow } from './tracker/run-row.js';
export { countEntries } from './tracker/count-entries.js';
export type { EntryCount, EntryKind } from './tracker/count-entries.js';
export { createSweeper } from './sweeper/sweeper.js';
export type { Sweeper, SweeperOptions } from './sweeper/sweeper.js';
export type { FailedSweep, Sweep, SweepListener, SweptRun } from './sweeper/sweep.js';
export { createSagaDesk } from './desk/desk.js';
export type { ByWhom, ParkedPage, ParkedStep, SagaDesk, SagaDeskOptions, StepInspection } from './desk/desk.js';
export type { LedgerLine } from './desk/history.js';
export { SweepIncompleteError } from './sweeper/errors.js';
export { StepNotParkedError, StepNotRetriableError } from './desk/errors.js';
