import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { defineFunctions, type FunctionDefinition, type Rate } from '@everfold/core';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ServiceBus } from './events/service-bus.js';
import { fromFunctions, type ServiceProps } from './from-functions.js';
import { EventStoreTable } from './tables/event-store-table.js';

const entry = new URL('./answer.test.fixture.js', import.meta.url);

beforeAll(() => {
  // The rules that CDK has for every template take longer than the tests.
  process.env.CDK_VALIDATION = 'false';
});

/** As the command line does it: the directory is relative. */
function deploy(
  functions: readonly (Omit<FunctionDefinition, 'entry'> & Partial<FunctionDefinition>)[],
  more: Partial<ServiceProps> | ((stack: Stack) => Partial<ServiceProps>) = {},
) {
  const stack = new Stack(
    new App({ outdir: relative(process.cwd(), mkdtempSync(join(tmpdir(), 'everfold-cdk-'))) }),
    'Shop',
  );
  const service = fromFunctions(stack, 'Service', {
    functions: defineFunctions(functions.map((each) => ({ entry, ...each }))),
    events: new EventStoreTable(stack, 'Events'),
    bus: new ServiceBus(stack, 'Bus'),
    environment: {},
    ...(typeof more === 'function' ? more(stack) : more),
  });
  return { service, template: () => Template.fromStack(stack) };
}

const every = (rate: Rate) => ({ name: 'sweep', trigger: { kind: 'timer', every: rate } }) as const;
const stream = { name: 'publish', trigger: { kind: 'stream' } } as const;

describe('fromFunctions', () => {
  it.each([
    ['1m', 'rate(1 minute)'],
    ['5m', 'rate(5 minutes)'],
    ['90m', 'rate(90 minutes)'],
    ['1h', 'rate(1 hour)'],
    ['2d', 'rate(2 days)'],
  ] as const)('calls a timer at the rate %s by %s, through a queue that tries twice more', (rate, expression) => {
    const template = deploy([every(rate)]).template();

    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: expression });
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { maxReceiveCount: 3 },
      VisibilityTimeout: 360,
    });
  });

  it('traces by a layer, and sends Application Signals nothing, only where it is told to', () => {
    const layerArn = 'arn:aws:lambda:eu-central-1:615299751070:layer:AWSOpenTelemetryDistroJs:99';
    const traced = deploy([stream], { tracing: { layerArn, environment: { OTEL_SERVICE_NAME: 'shop' } } }).template();

    traced.hasResourceProperties('AWS::Lambda::Function', {
      Layers: [layerArn],
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: {
          AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
          OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
          OTEL_SERVICE_NAME: 'shop',
        },
      },
    });
    const allowed = Match.arrayWith([
      Match.objectLike({ Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' }),
    ]);
    traced.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: allowed } });
    expect(JSON.stringify(deploy([stream]).template().toJSON())).not.toMatch(/xray|OTEL|Tracing/);
  });

  it.each([
    ['has no spans in its bundle where nothing traces it', undefined, false],
    ['has them where a layer does', { layerArn: 'arn:aws:lambda:eu-central-1:615299751070:layer:Spans:1' }, true],
    ['has them where its own code registers an SDK, and no layer', 'own-sdk', true],
  ] as const)('%s', (_, tracing, isTraced) => {
    const traced = { ...stream, entry: new URL('./traced.test.fixture.js', import.meta.url) };
    const { service } = deploy([traced], { conditions: ['@everfold/source'], ...(tracing && { tracing }) });

    const [{ bundle } = {}] = service.functions;
    if (isTraced) expect(bundle?.bytes.libraries).toBeGreaterThan(5_000);
    else expect(bundle?.bytes.libraries).toBe(0);
  });

  it('filters the stream on categories and types, where a tuning says so', () => {
    const template = deploy([stream], {
      tuning: {
        publish: { categories: ['order', 'payment'], types: ['OrderPlaced'], maxRecordAge: Duration.hours(1) },
      },
    }).template();

    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 3600,
      FilterCriteria: {
        Filters: [
          {
            Pattern: JSON.stringify({
              dynamodb: {
                Keys: { stream: { S: [{ prefix: 'order-' }, { prefix: 'payment-' }] } },
                NewImage: { types: { SS: ['OrderPlaced'] } },
              },
            }),
          },
        ],
      },
    });
  });

  it('takes what a tuning says over what a kind of function has', () => {
    const template = deploy([stream, every('1h'), { name: 'ask', trigger: { kind: 'http', route: 'ANY /asks' } }], {
      tuning: {
        publish: { memoryMb: 1_024, timeout: Duration.minutes(5), parallelBatches: 4 },
        sweep: { reservedConcurrency: 1, maxConcurrency: 2 },
      },
      http: {
        throttle: { rate: 5, burst: 10 },
      },
    }).template();

    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 1_024, Timeout: 300 });
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ParallelizationFactor: 4 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 2 } });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'AWS_IAM',
    });
    expect(JSON.stringify(template.toJSON())).toContain('/*/*/asks"');
  });

  it('has tokens checked before a function is called, and pages of other origins answered', () => {
    const ask = {
      name: 'ask',
      trigger: { kind: 'http', route: 'GET /asks', scopes: ['asks/read', 'asks/all'] },
    } as const;
    const cors = {
      allowOrigins: ['https://shop.example.com'],
      allowMethods: ['GET'],
      allowHeaders: ['authorization'],
      exposeHeaders: ['etag'],
      maxAge: 60,
      allowCredentials: true,
    };
    const template = deploy([ask], {
      http: { jwt: { issuer: 'https://issuer.example', audience: ['app'] }, cors },
    }).template();

    const [authorizer] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['app'] },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'JWT',
      AuthorizerId: { Ref: authorizer },
      AuthorizationScopes: ['asks/read', 'asks/all'],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['https://shop.example.com'],
        AllowMethods: ['GET'],
        AllowHeaders: ['authorization'],
        ExposeHeaders: ['etag'],
        MaxAge: 60,
        AllowCredentials: true,
      },
    });
  });

  it('refuses a route with scopes where nobody checks tokens, and CORS that no gateway takes', () => {
    const ask = { name: 'ask', trigger: { kind: 'http', route: 'GET /asks', scopes: ['asks/read'] } } as const;
    const jwt = { issuer: 'https://issuer.example', audience: ['app'] };
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });

    expect(() => deploy([ask])).toThrow(invalid);
    expect(() => deploy([ask], { http: { jwt, cors: { allowOrigins: [] } } })).toThrow(invalid);
  });

  it('lets a function that claims unique values do so under their names only', () => {
    const template = deploy([{ ...stream, touches: { events: { claims: ['email'] } } }]).template();

    expect(JSON.stringify(template.toJSON())).toContain('"dynamodb:LeadingKeys":["$claim-email:*"]');
  });

  it('has a WebSocket API for its routes, and tells who sends to connections where they are', () => {
    const connect = { name: 'connect', trigger: { kind: 'socket', route: '$connect' } } as const;
    const { service, template } = deploy([connect, { ...stream, touches: { connections: 'push' } }], {
      sockets: { throttle: { rate: 5, burst: 10 } },
    });

    template().hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: 'live',
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
    template().resourceCountIs('AWS::ApiGateway::Account', 0);
    const told = Object.values(template().findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Environment.Variables.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI !== undefined,
    );
    expect(told).toEqual([false, true]);
    expect(service.sockets?.url).toMatch(/^wss:/);
  });

  it('gives API Gateway a role for its logs where it is asked to, before there is anything to log', () => {
    const connect = { name: 'connect', trigger: { kind: 'socket', route: '$connect' } } as const;
    const template = deploy([connect], { sockets: { makesLogRole: true } }).template();

    template.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::ApiGatewayV2::Stage', {
      DependsOn: Object.keys(template.findResources('AWS::ApiGateway::Account')),
    });
  });

  it('deletes items of a table where a function says so, and nowhere else', () => {
    const touching = (books: 'write' | 'delete') => ({ touches: { tables: { books } } });
    const { template } = deploy(
      [
        { ...stream, ...touching('write') },
        { ...every('1h'), ...touching('delete') },
      ],
      (stack) => ({
        tables: { books: new EventStoreTable(stack, 'Books') },
      }),
    );

    expect(JSON.stringify(template().toJSON()).match(/dynamodb:DeleteItem/g)).toHaveLength(1);
  });

  it('bundles a function alone, and tells what is in it', () => {
    const { service } = deploy([stream]);

    expect(service.functions.map(({ bundle }) => bundle.bytes)).toEqual([
      { own: expect.any(Number), awsSdk: 0, libraries: 0 },
    ]);
  });

  it('has no API where nothing is routed, and deploys nothing of nothing', () => {
    const { service, template } = deploy([]);

    expect(service).toEqual({ functions: [] });
    template().resourceCountIs('AWS::ApiGatewayV2::Api', 0);
  });

  it.each([
    ['read models', { readModels: 'read' }],
    ['the table "books"', { tables: { books: 'read' } }],
    ['timers', { timers: 'set' }],
    ['connections', { connections: 'push' }],
  ] as const)('refuses a function that touches %s where there is none', (what, touches) => {
    expect(() => deploy([{ ...stream, touches }])).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `Function "publish" touches ${what}, and there is none. Give it to the service.`,
      }),
    );
  });

  it('refuses a tuning of a function that is not there', () => {
    expect(() => deploy([stream], { tuning: { publsih: { memoryMb: 1_024 } } })).toThrow(
      'There is no function "publsih" to be tuned; there are publish.',
    );
  });
});
