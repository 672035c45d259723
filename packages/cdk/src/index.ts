// A whole service
export { fromFunctions } from './from-functions.js';
export type { DeployedFunction, DeployedService, ServiceProps, Tuning } from './from-functions.js';
export type { Surroundings } from './functions/grants.js';
export type { Attached } from './triggers.js';

// A part in a saga
export { SagaParticipant } from './saga/saga-participant.js';
export type { SagaParticipantProps } from './saga/saga-participant.js';

// Tables
export { EventStoreTable } from './tables/event-store-table.js';
export { ReadModelTable } from './tables/read-model-table.js';
export { ServiceTable } from './tables/service-table.js';
export type { ServiceTableProps, TableDefinition } from './tables/service-table.js';

// Events and what takes them
export { ServiceBus } from './events/service-bus.js';
export type { Bus, ServiceBusProps } from './events/service-bus.js';
export { QueuedRule } from './events/queued-rule.js';
export type { QueuedRuleProps, QueueTuning } from './events/queued-rule.js';
export { SagaTimers } from './events/timers.js';
export { StreamConsumer } from './events/stream-consumer.js';
export type { StreamConsumerProps, StreamTuning } from './events/stream-consumer.js';

// Functions
export { bundleFunctions } from './functions/bundle.js';
export type { Bundle, BundleBytes, BundlingOptions } from './functions/bundle.js';
export { queued } from './functions/queued.js';
export { ServiceFunction } from './functions/service-function.js';
export type { FunctionTuning, ServiceFunctionProps } from './functions/service-function.js';
export type { FunctionTracing, LayerTracing } from './functions/tracing.js';
export { HttpRoutes } from './http/http-routes.js';
export type { HttpTuning, JwtProps } from './http/http-routes.js';
export { CustomerPool } from './http/customer-pool.js';
export type { BackOffice, CustomerPoolProps } from './http/customer-pool.js';
export { WebSocketRoutes } from './sockets/web-socket-routes.js';
export type { WebSocketTuning } from './sockets/web-socket-routes.js';

// Watching it
export { Monitor } from './operations/monitor.js';
export type { MonitorProps } from './operations/monitor.js';
export type { Runbook, Watched } from './operations/alarms.js';
export { SERVICE_METRICS } from './operations/service-metrics.js';
export type { ServiceMetricName, ServiceMetrics } from './operations/service-metrics.js';
