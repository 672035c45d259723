import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Watched } from './alarms.js';
import { apiMetric, functionMetric, tableMetric, throttledRequests } from './metrics.js';
import { type ServiceMetrics, serviceMetric, serviceMetrics } from './service-metrics.js';

/** One page of a service: what rings, then what comes in, what waits, what fails, and what it consumes. */
export function dashboardOf(scope: Construct, watched: Watched, alarms: readonly Alarm[]): Dashboard {
  const { service, tables, deadLetters } = watched;
  const { functions, api, sockets } = service;
  const streams = functions.filter(({ definition }) => definition.trigger.kind === 'stream');
  const queues = functions.flatMap(({ definition, queue }) => (queue ? [{ name: definition.name, queue }] : []));
  const dead = [
    ...functions.flatMap(({ definition, deadLetters: queue }) => (queue ? [{ name: definition.name, queue }] : [])),
    ...Object.entries(deadLetters).map(([name, queue]) => ({ name, queue })),
  ];
  const ofEach = (metricName: string, statistic: string) =>
    functions.map((each) => functionMetric(each, metricName, statistic));
  const ofApi = (of: { readonly apiId: string }, metricNames: readonly string[]) =>
    metricNames.map((metricName) => apiMetric(of, metricName, 'Sum'));
  const ofTables = (metricName: string) =>
    Object.entries(tables).map(([name, table]) => tableMetric(name, table, metricName));

  return new Dashboard(scope, 'Dashboard', {
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 })],
      api
        ? [
            graph('Requests', ofApi(api, ['Count', '4xx', '5xx'])),
            graph('Latency of requests, ms', [apiMetric(api, 'Latency', 'p50'), apiMetric(api, 'Latency', 'p99')]),
          ]
        : [],
      sockets ? [graph('WebSockets', ofApi(sockets, ['ConnectCount', 'MessageCount', 'ExecutionError']))] : [],
      ...(watched.metrics ? ownGraphs(watched.metrics) : []),
      [
        graph(
          'Behind the stream, ms',
          streams.map((each) => functionMetric(each, 'IteratorAge', 'Maximum')),
        ),
        graph(
          'Oldest event in a queue, s',
          queues.map(({ name, queue }) => queue.metricApproximateAgeOfOldestMessage({ label: name })),
        ),
        graph(
          'Dead letters',
          dead.map(({ name, queue }) => queue.metricApproximateNumberOfMessagesVisible({ label: name })),
        ),
      ],
      [
        graph('Calls', ofEach('Invocations', 'Sum')),
        graph('Errors', ofEach('Errors', 'Sum')),
        graph('Throttles', ofEach('Throttles', 'Sum')),
        graph('Duration (p99), ms', ofEach('Duration', 'p99')),
      ],
      [
        graph('Read units', ofTables('ConsumedReadCapacityUnits')),
        graph('Write units', ofTables('ConsumedWriteCapacityUnits')),
        graph(
          'Requests turned away',
          Object.entries(tables).map(([name, table]) => throttledRequests(name, table)),
        ),
      ],
    ].filter((row) => row.length > 0),
  });
}

/** What the functions measure themselves: what is recorded, how far projections are behind, and how the sagas stand. */
function ownGraphs(metrics: ServiceMetrics): GraphWidget[][] {
  return [
    [
      graph('Events', [
        serviceMetric(metrics, 'EventsAppended', 'Sum'),
        serviceMetric(metrics, 'AppendConflicts', 'Sum'),
      ]),
      graph('Projections behind, ms', [serviceMetrics(metrics, 'ProjectionLag', 'Maximum')]),
      graph('Parked', [serviceMetric(metrics, 'Parked', 'Maximum')]),
    ],
    [
      graph('Sagas that ended', [serviceMetrics(metrics, 'SagaOutcome', 'Sum')]),
      graph('Open sagas', [serviceMetric(metrics, 'OpenSagas', 'Maximum')]),
      graph('Oldest open saga, and the most overdue, ms', [
        serviceMetric(metrics, 'SagaAge', 'Maximum'),
        serviceMetric(metrics, 'SagaOverdue', 'Maximum'),
      ]),
    ],
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 6, height: 6 });
}
