import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

/** The metrics that a service's functions write about themselves, and under which dimensions they do. */
export const SERVICE_METRICS = {
  /** Events recorded. */
  EventsAppended: ['service'],
  /** Appends that came second. Most of them are made again, and succeed. */
  AppendConflicts: ['service'],
  /** Milliseconds from the recording of the oldest commit of a batch to its application. */
  ProjectionLag: ['service', 'projection'],
  /** Steps of sagas and streams of projections that wait for somebody, now. */
  Parked: ['service'],
  /** Runs that ended, by how: `completed` or `cancelled`. */
  SagaOutcome: ['service', 'outcome'],
  /** Runs that are open, now; 100 means so many or more. */
  OpenSagas: ['service'],
  /** Milliseconds for which the oldest open run has been under way. */
  SagaAge: ['service'],
  /** Milliseconds since something should have happened in a run, by its own deadlines; 0 where there is no such run. */
  SagaOverdue: ['service'],
} as const;

export type ServiceMetricName = keyof typeof SERVICE_METRICS;

/** Where a service's own metrics are found, and when they are too much. */
export interface ServiceMetrics {
  /** As in `POWERTOOLS_METRICS_NAMESPACE` of its functions. */
  readonly namespace: string;
  /** As in `POWERTOOLS_SERVICE_NAME` of its functions. */
  readonly service: string;
  /**
   * How long past its own deadlines a run of a saga may be before somebody looks. Default a quarter of an hour: within that, the sweeper has
   * been at it four times.
   */
  readonly sagaOverdueAfter?: Duration;
}

const FIVE_MINUTES = Duration.minutes(5);

/** One of the metrics that have no dimension but the service. */
export function serviceMetric(
  { namespace, service }: ServiceMetrics,
  metricName: ServiceMetricName,
  statistic: 'Sum' | 'Maximum',
): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { service },
    statistic,
    period: FIVE_MINUTES,
  });
}

/** One that has another dimension: a line for each of its values, whichever there are. For a graph, not for an alarm. */
export function serviceMetrics(
  { namespace, service }: ServiceMetrics,
  metricName: ServiceMetricName,
  statistic: 'Sum' | 'Maximum',
): MathExpression {
  const schema = [namespace, ...SERVICE_METRICS[metricName]].join(',');
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${metricName}" service="${service}"', '${statistic}', ${FIVE_MINUTES.toSeconds()})`,
    usingMetrics: {},
    period: FIVE_MINUTES,
    label: '',
  });
}
