import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BusTrigger, FunctionDefinition } from '@everfold/core';
import { compilePattern } from '@everfold/local';
import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fulfilmentEvents, SOURCE } from '../events.js';
import { functions } from '../functions.js';
import { touches } from '../touches.js';
import { calls } from './aws-events.test.fixture.js';
import { fakeAws } from './fake-aws.test.fixture.js';
import { actionsOf, allows, statementsOf } from './iam.test.fixture.js';
import { ofType, synthesise } from './stack.test.fixture.js';

/** A busy machine bundles all functions in this time. */
const SLOW_MS = 60_000;

let synthesised: ReturnType<typeof synthesise>;

/** The logical id that a resource refers to. */
const referred = (value: unknown) => /"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/.exec(JSON.stringify(value))?.[1] ?? '';

function lambdaOf(name: string) {
  const { resources, stack, service } = synthesised;
  const deployed = service.functions.find(({ definition }) => definition.name === name);
  const id = referred(stack.resolve(deployed?.function.lambda.functionArn));
  const properties = resources[id]?.Properties;
  return { id, properties, statements: statementsOf(resources, referred(properties?.Role)) };
}

function mappingOf(name: string) {
  const { id } = lambdaOf(name);
  return ofType(synthesised.resources, 'AWS::Lambda::EventSourceMapping').find(
    ({ properties }) => referred(properties.FunctionName) === id,
  )?.properties;
}

/** The rule that fills the queue of a function. */
function ruleOf(name: string) {
  const queue = referred(mappingOf(name)?.EventSourceArn);
  return ofType(synthesised.resources, 'AWS::Events::Rule').find(
    ({ properties }) => referred(properties.Targets[0].Arn) === queue,
  );
}

/** The queues that a rule may send to. */
function reachedBy(ruleId: string): string[] {
  return ofType(synthesised.resources, 'AWS::SQS::QueuePolicy')
    .filter(({ properties }) => JSON.stringify(properties.PolicyDocument).includes(`"${ruleId}"`))
    .flatMap(({ properties }) => properties.Queues.map(referred));
}

const named = (kind: FunctionDefinition['trigger']['kind']) => functions.filter(({ trigger }) => trigger.kind === kind);

beforeAll(() => {
  synthesised = synthesise();
}, SLOW_MS);

describe('the template', () => {
  it('has each function, on the runtime and the processor that they are bundled for, and no other', () => {
    const lambdas = ofType(synthesised.resources, 'AWS::Lambda::Function');

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
    const route = ofType(synthesised.resources, 'AWS::ApiGatewayV2::Route').find(
      ({ properties }) => properties.RouteKey === trigger.route,
    );
    const integration = synthesised.resources[referred(route?.properties.Target)];
    const permissions = ofType(synthesised.resources, 'AWS::Lambda::Permission').filter(
      ({ properties }) => referred(properties.FunctionName) === lambdaOf(name).id,
    );

    expect(referred(integration?.Properties.IntegrationUri)).toBe(lambdaOf(name).id);
    expect(integration?.Properties.PayloadFormatVersion).toBe('2.0');
    expect(route?.properties.AuthorizationType).toBe('AWS_IAM');
    expect(permissions.map(({ properties }) => JSON.stringify(properties.SourceArn))).toEqual([
      expect.stringContaining(`/*/${trigger.route.replace(' ', '')}"`),
    ]);
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
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: trigger.retries ?? 10,
      });
      expect(synthesised.resources[referred(mapping.EventSourceArn)]?.Properties.StreamSpecification).toEqual({
        StreamViewType: 'NEW_IMAGE',
      });
      expect(synthesised.resources[deadLetters]?.Type).toBe('AWS::SQS::Queue');
      expect(
        allows(
          lambdaOf(name).statements,
          { by: name, action: 'sqs:SendMessage', resource: 'dead' },
          { dead: deadLetters },
        ),
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
        synthesised.resources[queueId]?.Properties ?? {};
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

  it('has a schedule for each timer', () => {
    for (const { name, trigger } of named('timer')) {
      expect(ruleOf(name)?.properties.ScheduleExpression).toMatch(/^rate\(\d+ \w+\)$/);
      expect(trigger.kind).toBe('timer');
    }
  });

  it('encrypts every queue, and lets nobody in without TLS', () => {
    const open = ofType(synthesised.resources, 'AWS::SQS::QueuePolicy').filter(({ properties }) =>
      JSON.stringify(properties.PolicyDocument).includes('aws:SecureTransport'),
    );
    const queues = ofType(synthesised.resources, 'AWS::SQS::Queue');

    expect(open).toHaveLength(queues.length);
    expect(queues.filter(({ properties }) => properties.SqsManagedSseEnabled !== true)).toEqual([]);
  });

  it('keeps its tables, whatever becomes of the stack', () => {
    const tables = Object.values(synthesised.resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');

    expect(tables).toHaveLength(3);
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
    const hashed = JSON.stringify(synthesised.template.toJSON()).replaceAll(/[0-9a-f]{64}/g, 'HASH');

    expect(JSON.parse(hashed)).toMatchSnapshot();
  });

  it('passes the checks of cdk-nag', () => {
    // They report by refusing to synthesise.
    const { app } = synthesised;
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth({ force: true })).not.toThrow();
  });
});

describe('alarms', () => {
  const alarms = () => ofType(synthesised.resources, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);

  it('each name a page that says what to do', () => {
    const pages = new Set(
      alarms().map(({ AlarmDescription: says }) => /See (docs\/runbooks\/[\w-]+\.md)$/.exec(says)?.[1] ?? says),
    );

    for (const page of pages) expect(existsSync(join(import.meta.dirname, '../../../..', page)), page).toBe(true);
    expect(pages.size).toBe(7);
  });

  it('ring for every queue of dead letters, from the first one on', () => {
    const watched = alarms()
      .filter(({ MetricName, Threshold }) => MetricName === 'ApproximateNumberOfMessagesVisible' && Threshold === 1)
      .map(({ Dimensions: [dimension] }) => referred(dimension.Value));
    const dead = ofType(synthesised.resources, 'AWS::SQS::Queue').filter(({ properties }) => !properties.RedrivePolicy);

    expect(watched.sort()).toEqual(dead.map(({ id }) => id).sort());
  });

  it('tell somebody', () => {
    synthesised.template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ada@example.com',
    });
    for (const { AlarmActions, OKActions } of alarms()) {
      expect(synthesised.resources[referred(AlarmActions)]?.Type).toBe('AWS::SNS::Topic');
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

describe('permissions', () => {
  it('are said for every function', () => {
    expect(Object.keys(touches).sort()).toEqual(functions.map(({ name }) => name).sort());
  });

  it('name resources, and never all of them', () => {
    const statements = functions.flatMap(({ name }) => lambdaOf(name).statements);

    expect(statements.length).toBeGreaterThan(functions.length);
    expect(statements.filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'))).toEqual([]);
    expect(actionsOf(statements).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('let a participant append to its own streams only', () => {
    const keysOf = (name: string) =>
      lambdaOf(name).statements.flatMap(
        ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
      );

    expect(keysOf('place-order')).toEqual(['order-*']);
    expect(keysOf('charge-payment')).toEqual(['payment-*', 'shipment-*']);
    expect(keysOf('ship-order')).toEqual(['shipment-*']);
    expect(keysOf('notify-customer')).toEqual([]);
    expect(actionsOf(lambdaOf('get-order').statements)).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('are refused by the condition where a request names no key', () => {
    const writing = lambdaOf('place-order').statements.find(({ Action }) => Action.includes('dynamodb:PutItem'));

    expect(writing?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['order-*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  });
});

describe('the bundles', () => {
  let aws: Awaited<ReturnType<typeof fakeAws>>;
  let answers: readonly { readonly name: string; readonly answer?: unknown; readonly error?: string }[];

  beforeAll(async () => {
    aws = await fakeAws();
    const { app, service } = synthesised;
    const todo = service.functions.map(({ definition: { name }, bundle }) => ({
      name,
      code: join(bundle.directory, 'index.mjs'),
      event: calls[name]?.event,
    }));
    const file = join(app.outdir, 'calls.json');
    writeFileSync(file, JSON.stringify(todo));
    // Beside the bundles, where no node_modules is above it.
    const script = join(app.outdir, 'call-bundles.mjs');
    copyFileSync(join(import.meta.dirname, 'call-bundles.test.fixture.mjs'), script);
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, aws.endpoint], {
      cwd: dirname(file),
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'nobody',
        AWS_SECRET_ACCESS_KEY: 'nothing',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        EVENTS_TABLE: 'events',
        READ_MODELS_TABLE: 'read-models',
        BOOKS_TABLE: 'books',
        BUS_NAME: 'orders',
        BUS_ARN: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
        TIMERS_ROLE_ARN: 'arn:aws:iam::123456789012:role/timers',
        TIMERS_GROUP: 'timers',
      },
    });
    answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }, SLOW_MS);

  afterAll(() => aws.stop());

  it('run alone, on what AWS calls them with', () => {
    expect(answers).toEqual(
      functions.map(({ name }) => {
        const expected = calls[name]?.answer;
        const isPart = typeof expected === 'object' && expected !== null;
        return { name, answer: isPart ? expect.objectContaining(expected) : expected };
      }),
    );
  });

  it('ask for nothing that their roles do not allow', () => {
    const { resources } = synthesised;
    const find = (type: string, prefix: string) =>
      ofType(resources, type).find(({ id }) => id.startsWith(prefix))?.id ?? '';
    const logicalIds = {
      events: find('AWS::DynamoDB::Table', 'Events'),
      'read-models': find('AWS::DynamoDB::Table', 'ReadModels'),
      books: find('AWS::DynamoDB::Table', 'Books'),
      orders: find('AWS::Events::EventBus', 'Bus'),
      schedules: find('AWS::Scheduler::ScheduleGroup', 'Timers'),
    };
    const refused = aws.asked.filter((asked) => !allows(lambdaOf(asked.by).statements, asked, logicalIds));

    expect(refused).toEqual([]);
    expect(new Set(aws.asked.map(({ action }) => action))).toEqual(
      new Set([
        'dynamodb:PutItem',
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'events:PutEvents',
        'scheduler:CreateSchedule',
      ]),
    );
  });
});

/** What a bundle may have of the service's own code and Everfold's, minified. */
const OWN_BYTES = 110 * 1024;

describe('a bundle', () => {
  it('is small', () => {
    for (const { bundle } of synthesised.service.functions) expect(bundle.bytes.own).toBeLessThan(OWN_BYTES);
  });
});
