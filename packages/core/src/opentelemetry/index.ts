// From command to append
export { traceRepository } from './trace-repository.js';
export type { NamedCommands, TraceableRepository } from './trace-repository.js';
export { traceEventStore, traceStreamStore } from './trace-event-store.js';
export type { TraceOptions } from './in-span.js';

// From append to consumer
export { continueTrace, linkTraces } from './continue-trace.js';
export type { ContinueOptions, ContinueTraceOptions } from './continue-trace.js';
