import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { once } from '../services/provided.js';

/** Into the namespace `POWERTOOLS_METRICS_NAMESPACE`, by the dimension `service`: `POWERTOOLS_SERVICE_NAME`. */
const metrics = once(() => new Metrics());

/** What is measured by the service alone: written once a call, by {@link flushMetrics}. */
export type ServiceMetric = 'EventsAppended' | 'AppendConflicts' | 'Parked' | 'OpenSagas' | 'SagaAge' | 'SagaOverdue';

/** Adds a value of a metric to what the call measures. */
export function measure(metric: ServiceMetric, value: number): void {
  const isAge = metric === 'SagaAge' || metric === 'SagaOverdue';
  metrics().addMetric(metric, isAge ? MetricUnit.Milliseconds : MetricUnit.Count, value);
}

/** How far behind a projection is, milliseconds. */
export function measureLag(projection: string, lagMs: number): void {
  const metric = metrics().singleMetric().addDimension('projection', projection);
  metric.addMetric('ProjectionLag', MetricUnit.Milliseconds, lagMs);
}

/** That a run of a saga has ended. */
export function measureOutcome(outcome: 'completed' | 'cancelled'): void {
  metrics().singleMetric().addDimension('outcome', outcome).addMetric('SagaOutcome', MetricUnit.Count, 1);
}

/** Writes what was measured, in CloudWatch's embedded format; nothing where nothing was. */
export function flushMetrics(): void {
  if (metrics().hasStoredMetrics()) metrics().publishStoredMetrics();
}
