import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { DeployedFunction } from '../from-functions.js';
import type { HttpRoutes } from '../http/http-routes.js';
import type { ServiceTable } from '../tables/service-table.js';

/* What AWS measures of the parts of a service, over five minutes unless it is said otherwise. */

const FIVE_MINUTES = Duration.minutes(5);

/** Of a function: `Errors`, `Throttles`, `Invocations`, `Duration`, and `IteratorAge` in milliseconds. */
export function functionMetric(
  { definition, function: { lambda } }: DeployedFunction,
  metricName: string,
  statistic: string,
) {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: lambda.functionName },
    statistic,
    period: FIVE_MINUTES,
    label: definition.name,
  });
}

/** Of a table: requests that were turned away because they were too many for it, or for one of its partitions. */
export function throttledRequests(name: string, table: ServiceTable) {
  const of = (metricName: string) => tableMetric(name, table, metricName);
  // On one graph, every metric needs an id of its own.
  const suffix = name.replaceAll(/\W/g, '_');
  const reads = `reads_${suffix}`;
  const writes = `writes_${suffix}`;
  return new MathExpression({
    expression: `FILL(${reads}, 0) + FILL(${writes}, 0)`,
    usingMetrics: { [reads]: of('ReadThrottleEvents'), [writes]: of('WriteThrottleEvents') },
    period: FIVE_MINUTES,
    label: name,
  });
}

/** Of a table: `ConsumedReadCapacityUnits`, `ConsumedWriteCapacityUnits`, `ReadThrottleEvents`, `WriteThrottleEvents`. */
export function tableMetric(name: string, { tableName }: ServiceTable, metricName: string) {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: tableName },
    statistic: 'Sum',
    period: FIVE_MINUTES,
    label: name,
  });
}

/**
 * Of an API: `Count`, `4xx`, `5xx`, `Latency` in milliseconds; of one for WebSockets `ConnectCount`, `MessageCount`, `ExecutionError`.
 * Source: API Gateway Developer Guide, "Monitor WebSocket API execution with CloudWatch metrics".
 */
export function apiMetric({ apiId }: Pick<HttpRoutes, 'apiId'>, metricName: string, statistic: string) {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: apiId },
    statistic,
    period: FIVE_MINUTES,
  });
}
