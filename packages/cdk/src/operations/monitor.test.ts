import { Template } from 'aws-cdk-lib/assertions';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocketRoutes } from '../sockets/web-socket-routes.js';
import { Monitor, type MonitorProps } from './monitor.js';
import { SERVICE_METRICS } from './service-metrics.js';

beforeAll(() => {
  // The rules that CDK has for every template take longer than the tests.
  process.env.CDK_VALIDATION = 'false';
});

const metrics = { namespace: 'Shop', service: 'orders' };

function monitored(more: Partial<MonitorProps> = {}) {
  const stack = new Stack(new App(), 'Shop');
  new Monitor(stack, 'Monitor', { service: { functions: [] }, ...more });
  return Template.fromStack(stack);
}

describe('a monitor', () => {
  it('rings for what is parked, and for a saga that is past its deadlines', () => {
    const template = monitored({ metrics: { ...metrics, sagaOverdueAfter: Duration.hours(1) } });

    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription:
        'A step of a saga, or a stream of a projection, waits for somebody. See docs/runbooks/parked.md',
      Namespace: 'Shop',
      MetricName: 'Parked',
      Dimensions: [{ Name: 'service', Value: 'orders' }],
      Statistic: 'Maximum',
      Threshold: 1,
      TreatMissingData: 'ignore',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'A run of a saga is 1 hour past its deadline. See docs/runbooks/saga-overdue.md',
      MetricName: 'SagaOverdue',
      Threshold: 3_600_000,
      TreatMissingData: 'ignore',
    });
  });

  it('rings where a WebSocket API cannot call a function, and not where one refuses a handshake', () => {
    const stack = new Stack(new App(), 'Shop');
    const sockets = new WebSocketRoutes(stack, 'Sockets');
    new Monitor(stack, 'Monitor', { service: { functions: [], sockets } });
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'The WebSocket API could not call a function. See docs/runbooks/api-errors.md',
      Namespace: 'AWS/ApiGateway',
      MetricName: 'ExecutionError',
      Dimensions: [{ Name: 'ApiId', Value: stack.resolve(sockets.apiId) }],
      Threshold: 1,
    });
  });

  it('shows every metric that functions write about themselves, under the dimensions that they write', () => {
    const body = JSON.stringify(monitored({ metrics }).findResources('AWS::CloudWatch::Dashboard'));

    for (const name of Object.keys(SERVICE_METRICS)) expect(body).toContain(name);
    expect(body).toContain('{Shop,service,projection} MetricName=');
    expect(body).toContain('{Shop,service,outcome} MetricName=');
  });

  it('asks for no metric that nobody writes', () => {
    const template = monitored();

    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('Parked');
  });
});
