import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DeployedFunction, DeployedService } from '../from-functions.js';
import type { ServiceTable } from '../tables/service-table.js';
import { apiMetric, functionMetric, throttledRequests } from './metrics.js';
import { type ServiceMetrics, serviceMetric } from './service-metrics.js';

/** Pages that say what to do about an alarm: in `docs/runbooks`, under these names. */
export type Runbook =
  | 'function-errors'
  | 'throttles'
  | 'iterator-age'
  | 'queue-age'
  | 'dead-letters'
  | 'capacity'
  | 'api-errors'
  | 'parked'
  | 'saga-overdue';

/** When somebody should look. */
interface Watch {
  readonly id: string;
  readonly runbook: Runbook;
  readonly says: string;
  readonly metric: IMetric;
  /** Reached or passed. */
  readonly threshold: number;
  /** How many times in a row. Default 1. */
  readonly times?: number;
  /** What it is while nothing is measured. Default: all is well. */
  readonly missing?: TreatMissingData;
}

/** What is watched. */
export interface Watched {
  readonly service: DeployedService;
  /** By a name for people. */
  readonly tables: Readonly<Record<string, ServiceTable>>;
  /** Queues of dead letters beside those of the functions, by a name for people. */
  readonly deadLetters: Readonly<Record<string, Queue>>;
  /** What its functions measure themselves, if they do. */
  readonly metrics: ServiceMetrics | undefined;
}

/** A quarter of an hour behind, a customer asks. A record stays in the stream for a day, so there is time to act. */
const LATE_SECONDS = 15 * 60;

/**
 * Alarms for what no retry has put right. What is tried again by itself rings only when it goes on: a throttled stream or queue is
 * late, and a failed event ends in the dead letters.
 *
 * @param runbooks - Where the pages are that alarms name: a URL or a path.
 */
export function alarmsOf(scope: Construct, watched: Watched, runbooks: string): readonly Alarm[] {
  const watches = [
    ...watched.service.functions.flatMap(watchesOf),
    ...Object.entries(watched.deadLetters).map(([name, queue]) => deadLettersOf(name, queue)),
    ...Object.entries(watched.tables).map(
      ([name, table]): Watch => ({
        id: `${name}-capacity`,
        runbook: 'capacity',
        says: `DynamoDB turns requests to the table ${name} away.`,
        metric: throttledRequests(name, table),
        threshold: 1,
        times: 3,
      }),
    ),
    ...(watched.service.api
      ? [
          {
            id: 'api-errors',
            runbook: 'api-errors',
            says: 'The API answers 5xx.',
            metric: apiMetric(watched.service.api, '5xx', 'Sum'),
            threshold: 1,
          } as const,
        ]
      : []),
    ...(watched.service.sockets
      ? [
          {
            id: 'socket-errors',
            runbook: 'api-errors',
            says: 'The WebSocket API could not call a function.',
            // Not IntegrationError: a handshake that a function refuses is one as well.
            metric: apiMetric(watched.service.sockets, 'ExecutionError', 'Sum'),
            threshold: 1,
          } as const,
        ]
      : []),
    ...(watched.metrics ? ownWatches(watched.metrics) : []),
  ];
  return watches.map(
    ({ id, runbook, says, metric, threshold, times = 1, missing = TreatMissingData.NOT_BREACHING }) =>
      new Alarm(scope, id, {
        alarmDescription: `${says} See ${runbooks}/${runbook}.md`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: times,
        treatMissingData: missing,
      }),
  );
}

function watchesOf(deployed: DeployedFunction): readonly Watch[] {
  const { name, trigger } = deployed.definition;
  const isAnswering = trigger.kind === 'http' || trigger.kind === 'socket';
  const errors: Watch = {
    id: `${name}-errors`,
    runbook: 'function-errors',
    says: `Function ${name} throws.`,
    metric: functionMetric(deployed, 'Errors', 'Sum'),
    threshold: 1,
    // Nobody tries a route again but its caller.
    times: isAnswering ? 1 : 3,
  };
  return [
    errors,
    ...(isAnswering ? [throttlesOf(deployed)] : []),
    ...(trigger.kind === 'stream' ? [iteratorAgeOf(deployed)] : []),
    ...(deployed.queue ? [queueAgeOf(name, deployed.queue)] : []),
    ...(deployed.deadLetters ? [deadLettersOf(name, deployed.deadLetters)] : []),
  ];
}

function throttlesOf(deployed: DeployedFunction): Watch {
  const { name } = deployed.definition;
  return {
    id: `${name}-throttles`,
    runbook: 'throttles',
    says: `Lambda turns calls of ${name} away: there is no concurrency left.`,
    metric: functionMetric(deployed, 'Throttles', 'Sum'),
    threshold: 1,
  };
}

function iteratorAgeOf(deployed: DeployedFunction): Watch {
  const { name } = deployed.definition;
  return {
    id: `${name}-iterator-age`,
    runbook: 'iterator-age',
    says: `Function ${name} is a quarter of an hour behind the stream.`,
    metric: functionMetric(deployed, 'IteratorAge', 'Maximum'),
    threshold: LATE_SECONDS * 1_000,
  };
}

function queueAgeOf(name: string, queue: Queue): Watch {
  return {
    id: `${name}-queue-age`,
    runbook: 'queue-age',
    says: `Events for ${name} wait for a quarter of an hour.`,
    metric: queue.metricApproximateAgeOfOldestMessage(),
    threshold: LATE_SECONDS,
  };
}

function deadLettersOf(name: string, queue: Queue): Watch {
  return {
    id: `${name}-dead-letters`,
    runbook: 'dead-letters',
    says: `There are dead letters of ${name}.`,
    metric: queue.metricApproximateNumberOfMessagesVisible(),
    threshold: 1,
  };
}

/** Of what is measured once a minute, how it stands now: where that falls silent, an alarm stays as it is. */
function ownWatches(metrics: ServiceMetrics): readonly Watch[] {
  const { sagaOverdueAfter = Duration.seconds(LATE_SECONDS) } = metrics;
  return [
    {
      id: 'parked',
      runbook: 'parked',
      says: 'A step of a saga, or a stream of a projection, waits for somebody.',
      metric: serviceMetric(metrics, 'Parked', 'Maximum'),
      threshold: 1,
      missing: TreatMissingData.IGNORE,
    },
    {
      id: 'saga-overdue',
      runbook: 'saga-overdue',
      says: `A run of a saga is ${sagaOverdueAfter.toHumanString()} past its deadline.`,
      metric: serviceMetric(metrics, 'SagaOverdue', 'Maximum'),
      threshold: sagaOverdueAfter.toMilliseconds(),
      missing: TreatMissingData.IGNORE,
    },
  ];
}
