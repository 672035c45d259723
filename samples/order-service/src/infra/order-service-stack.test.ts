import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BusTrigger } from '@everfold/core';
import { compilePattern } from '@everfold/local';
import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { SOURCE } from '../events.js';
import { fulfilmentEvents } from '../fulfilment-events.js';
import { functions } from '../functions.js';
import { allows, statementsOf } from './iam.test.fixture.js';
import {
  lambdaOf,
  mappingOf,
  named,
  ofType,
  reachedBy,
  referred,
  ruleOf,
  SLOW_MS,
  synthesised,
} from './stack.test.fixture.js';

beforeAll(() => {
  synthesised();
}, SLOW_MS);

describe('the template', () => {
  it('has each function, on the runtime and the processor that they are bundled for, and no other', () => {
    const lambdas = ofType(synthesised().resources, 'AWS::Lambda::Function');

    expect(functions.map(({ name }) => lambdaOf(name).id).sort()).toEqual(lambdas.map(({ id }) => id).sort());
    for (const { properties } of lambdas)
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: expect.any(Number),
        LoggingConfig: { LogGroup: expect.anything() },
      });
  });

  it.each(named('http').map(({ name, trigger }) => [name, trigger] as const))('routes to %s', (name, trigger) => {
    if (trigger.kind !== 'http') return;
    const route = ofType(synthesised().resources, 'AWS::ApiGatewayV2::Route').find(
      ({ properties }) => properties.RouteKey === trigger.route,
    );
    const integration = synthesised().resources[referred(route?.properties.Target)];
    const permissions = ofType(synthesised().resources, 'AWS::Lambda::Permission').filter(
      ({ properties }) => referred(properties.FunctionName) === lambdaOf(name).id,
    );

    expect(referred(integration?.Properties.IntegrationUri)).toBe(lambdaOf(name).id);
    expect(integration?.Properties.PayloadFormatVersion).toBe('2.0');
    expect(route?.properties.AuthorizationType).toBe('JWT');
    expect(synthesised().resources[referred(route?.properties.AuthorizerId)]?.Type).toBe(
      'AWS::ApiGatewayV2::Authorizer',
    );
    expect(route?.properties.AuthorizationScopes).toEqual(trigger.scopes);
    expect(permissions.map(({ properties }) => JSON.stringify(properties.SourceArn))).toEqual([
      expect.stringContaining(`/*/${trigger.route.replace(' ', '')}"`),
    ]);
  });

  it('takes tokens of the customers and of the back office, and of nobody else', () => {
    const [pool] = ofType(synthesised().resources, 'AWS::Cognito::UserPool');
    const [authorizer, ...others] = ofType(synthesised().resources, 'AWS::ApiGatewayV2::Authorizer');
    const { Issuer, Audience } = authorizer?.properties.JwtConfiguration ?? {};

    expect(others).toEqual([]);
    expect(referred(Issuer)).toBe(pool?.id);
    expect(Audience.map(referred).sort()).toEqual(
      ofType(synthesised().resources, 'AWS::Cognito::UserPoolClient')
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('gives the scope of staff to a client with a secret only, and never to who signs in', () => {
    const clients = ofType(synthesised().resources, 'AWS::Cognito::UserPoolClient').map(({ properties }) => properties);
    const [office, ...others] = clients.filter(({ AllowedOAuthScopes: scopes }) => scopes);

    expect(clients).toHaveLength(2);
    expect(others).toEqual([]);
    expect(office).toMatchObject({ GenerateSecret: true, AllowedOAuthFlows: ['client_credentials'] });
    expect(JSON.stringify(office?.AllowedOAuthScopes)).toContain('/staff');
    synthesised().template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'orders',
      Scopes: [{ ScopeName: 'staff' }],
    });
  });

  it('lets pages of the named origins call it', () => {
    synthesised().template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: { AllowOrigins: ['https://shop.example.com', 'http://127.0.0.1:5173'] },
    });
  });

  it.each(named('socket').map(({ name, trigger }) => [name, trigger] as const))(
    'routes the WebSocket API to %s',
    (name, trigger) => {
      if (trigger.kind !== 'socket') return;
      const [api] = ofType(synthesised().resources, 'AWS::ApiGatewayV2::Api').filter(
        ({ properties }) => properties.ProtocolType === 'WEBSOCKET',
      );
      const route = ofType(synthesised().resources, 'AWS::ApiGatewayV2::Route').find(
        ({ properties }) => properties.RouteKey === trigger.route && referred(properties.ApiId) === api?.id,
      );
      const integration = synthesised().resources[referred(route?.properties.Target)];
      const permissions = ofType(synthesised().resources, 'AWS::Lambda::Permission').filter(
        ({ properties }) => referred(properties.FunctionName) === lambdaOf(name).id,
      );

      expect(api?.properties.RouteSelectionExpression).toBe('$request.body.action');
      expect(JSON.stringify(integration?.Properties.IntegrationUri)).toContain(`"${lambdaOf(name).id}","Arn"`);
      expect(permissions.map(({ properties }) => JSON.stringify(properties.SourceArn))).toEqual([
        expect.stringMatching(new RegExp(`"${api?.id}".*/live/\\${trigger.route}"`)),
      ]);
    },
  );

  it('tells who may send to connections, and nobody else, where; and lets them do so on that stage only', () => {
    for (const { name, touches } of functions) {
      const url = JSON.stringify(
        lambdaOf(name).properties.Environment.Variables.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI,
      );
      const [statement, ...others] = statementsOf(name).filter(({ Action }) =>
        Action.includes('execute-api:ManageConnections'),
      );

      if (touches?.connections === undefined) expect([url, statement]).toEqual([undefined, undefined]);
      else {
        expect(url).toMatch(/"https:\/\/".*execute-api.*\/live"/);
        expect(JSON.stringify(statement?.Resource)).toMatch(/ServiceSocketsApi\w+"},"\/live\/\*\/@connections\/\*"/);
        expect(others).toEqual([]);
      }
    }
  });

  it.each(named('stream').map(({ name, trigger }) => [name, trigger] as const))(
    'has %s read the stream',
    (name, trigger) => {
      if (trigger.kind !== 'stream') return;
      const mapping = mappingOf(name);
      const deadLetters = referred(mapping.DestinationConfig.OnFailure.Destination);

      expect(mapping).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: trigger.batchSize,
        MaximumBatchingWindowInSeconds: trigger.windowSeconds ?? 0,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: trigger.retries ?? 10,
      });
      expect(synthesised().resources[referred(mapping.EventSourceArn)]?.Properties.StreamSpecification).toEqual({
        StreamViewType: 'NEW_IMAGE',
      });
      expect(synthesised().resources[deadLetters]?.Type).toBe('AWS::SQS::Queue');
      expect(
        allows(statementsOf(name), { by: name, action: 'sqs:SendMessage', resource: 'dead' }, { dead: deadLetters }),
      ).toBe(true);
    },
  );

  it.each(named('bus').map(({ name, trigger }) => [name, trigger] as const))(
    'has a rule and a queue for %s',
    (name, trigger) => {
      if (trigger.kind !== 'bus') return;
      const mapping = mappingOf(name);
      const queueId = referred(mapping.EventSourceArn);
      const { RedrivePolicy: redrive, VisibilityTimeout: visibility } =
        synthesised().resources[queueId]?.Properties ?? {};
      const rule = ruleOf(name);
      const deadLetters = referred(redrive.deadLetterTargetArn);

      expect(mapping.BatchSize).toBe(1);
      expect(rule?.properties.EventPattern).toEqual(trigger.pattern);
      expect(rule?.properties.Targets).toHaveLength(1);
      expect(redrive.maxReceiveCount).toBe((trigger.retries ?? 10) + 1);
      expect(visibility).toBe(lambdaOf(name).properties.Timeout * 6);
      expect(referred(rule?.properties.Targets[0].DeadLetterConfig.Arn)).toBe(deadLetters);
      expect(reachedBy(rule?.id ?? '').sort()).toEqual([deadLetters, queueId].sort());
    },
  );

  it('reserves no concurrency, which a new account has not got, and bounds what is taken from queues', () => {
    const lambdas = functions.map(({ name }) => lambdaOf(name).properties);

    expect(lambdas.filter(({ ReservedConcurrentExecutions: reserved }) => reserved !== undefined)).toEqual([]);
    for (const { name } of named('bus')) {
      expect(mappingOf(name).ScalingConfig, name).toEqual({ MaximumConcurrency: 20 });
    }
  });

  it('lets a route answer until API Gateway waits no longer', () => {
    for (const { name } of named('http')) expect(lambdaOf(name).properties.Timeout, name).toBe(29);
  });

  it('has a schedule for each timer', () => {
    for (const { name, trigger } of named('timer')) {
      expect(ruleOf(name)?.properties.ScheduleExpression).toMatch(/^rate\(\d+ \w+\)$/);
      expect(trigger.kind).toBe('timer');
    }
  });

  it('encrypts every queue, and lets nobody in without TLS', () => {
    const open = ofType(synthesised().resources, 'AWS::SQS::QueuePolicy').filter(({ properties }) =>
      JSON.stringify(properties.PolicyDocument).includes('aws:SecureTransport'),
    );
    const queues = ofType(synthesised().resources, 'AWS::SQS::Queue');

    expect(open).toHaveLength(queues.length);
    expect(queues.filter(({ properties }) => properties.SqsManagedSseEnabled !== true)).toEqual([]);
  });

  it('keeps its tables, whatever becomes of the stack', () => {
    const tables = Object.values(synthesised().resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');

    expect(tables).toHaveLength(4);
    for (const { DeletionPolicy, Properties } of tables) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });

  it('is what it was', () => {
    const hashed = JSON.stringify(synthesised().template.toJSON()).replaceAll(/[0-9a-f]{64}/g, 'HASH');

    expect(JSON.parse(hashed)).toMatchSnapshot();
  });

  it('passes the checks of cdk-nag', () => {
    // They report by refusing to synthesise.
    const { app } = synthesised();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth({ force: true })).not.toThrow();
  });
});

describe('alarms', () => {
  const alarms = () => ofType(synthesised().resources, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);

  it('each name a page that says what to do', () => {
    const pages = new Set(
      alarms().map(({ AlarmDescription: says }) => /See (docs\/runbooks\/[\w-]+\.md)$/.exec(says)?.[1] ?? says),
    );

    for (const page of pages) expect(existsSync(join(import.meta.dirname, '../../../..', page)), page).toBe(true);
    expect(pages.size).toBe(9);
  });

  it('ring for every queue of dead letters, from the first one on', () => {
    const watched = alarms()
      .filter(({ MetricName, Threshold }) => MetricName === 'ApproximateNumberOfMessagesVisible' && Threshold === 1)
      .map(({ Dimensions: [dimension] }) => referred(dimension.Value));
    const dead = ofType(synthesised().resources, 'AWS::SQS::Queue').filter(
      ({ properties }) => !properties.RedrivePolicy,
    );

    expect(watched.sort()).toEqual(dead.map(({ id }) => id).sort());
  });

  it('tell somebody', () => {
    synthesised().template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ada@example.com',
    });
    for (const { AlarmActions, OKActions } of alarms()) {
      expect(synthesised().resources[referred(AlarmActions)]?.Type).toBe('AWS::SNS::Topic');
      expect(OKActions).toEqual(AlarmActions);
    }
  });
});

describe('the rules of the template', () => {
  it.each(named('bus').map(({ name, trigger }) => [name, (trigger as BusTrigger).pattern] as const))(
    'send %s the events that the local bus brings to it, and no other',
    (name, pattern) => {
      const { EventPattern } = ruleOf(name)?.properties ?? {};
      const onAws = compilePattern(EventPattern, name);
      const here = compilePattern(pattern, name);
      const events = [...Object.keys(fulfilmentEvents), 'SomethingElse'].flatMap((type) => [
        { source: SOURCE, 'detail-type': type, detail: {} },
        { source: 'somebody.else', 'detail-type': type, detail: {} },
      ]);
      const timers = ['reserve', 'approve', 'charge', 'ship', 'issue'].map((step) => ({
        source: SOURCE,
        'detail-type': 'SagaTimer',
        detail: { saga: 'fulfilment', step },
      }));
      const matched = [...events, ...timers].filter(onAws);

      expect(matched).toEqual([...events, ...timers].filter(here));
      expect(matched.length).toBeGreaterThan(0);
    },
  );
});
