/* What `@everfold/core/opentelemetry` is in bundles of functions that nothing traces: the same names, and neither spans nor the API. */

export type { ContinueOptions, ContinueTraceOptions } from './continue-trace.js';
export type { TraceOptions } from './in-span.js';
export type { NamedCommands, TraceableRepository } from './trace-repository.js';

type Traced = typeof import('./index.js');

export const traceEventStore: Traced['traceEventStore'] = (store) => store;
export const traceStreamStore: Traced['traceStreamStore'] = (store) => store;
export const traceRepository: Traced['traceRepository'] = (_aggregate, repository) => repository;
export const continueTrace: Traced['continueTrace'] = async (_metadata, _name, work) => work();
export const linkTraces: Traced['linkTraces'] = async (_batch, _name, work) => work();
