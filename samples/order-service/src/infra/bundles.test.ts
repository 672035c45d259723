import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions, SERVICE_METRICS } from '@everfold/cdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIssuer } from '../connections/issuer.test.fixture.js';
import { functions } from '../functions.js';
import { touches } from '../touches.js';
import { calls } from './aws-events.test.fixture.js';
import { type Answer, callBundles, type Line, type Measured } from './call-bundles.test.fixture.js';
import { fakeAws } from './fake-aws.test.fixture.js';
import { actionsOf, allows, statementsOf } from './iam.test.fixture.js';
import { ofType, SLOW_MS, synthesised } from './stack.test.fixture.js';

/** What a bundle may have at the most, minified, bytes. */
const MOST = { own: 60_000, awsSdk: 345_000, libraries: 75_000 };

/** What tracing may add. */
const TRACED = { own: 6_000, libraries: 10_000 };

beforeAll(() => {
  synthesised();
}, SLOW_MS);

describe('permissions', () => {
  it('are said for every function', () => {
    expect(Object.keys(touches).sort()).toEqual(functions.map(({ name }) => name).sort());
  });

  it('name resources, and never all of them', () => {
    const statements = functions.flatMap(({ name }) => statementsOf(name));

    expect(statements.length).toBeGreaterThan(functions.length);
    expect(statements.filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'))).toEqual([]);
    expect(actionsOf(statements).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('let a participant append to its own streams only', () => {
    const keysOf = (name: string) =>
      statementsOf(name).flatMap(
        ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
      );

    expect(keysOf('place-order')).toEqual(['order-*']);
    expect(keysOf('charge-payment')).toEqual(['payment-*', 'shipment-*']);
    expect(keysOf('ship-order')).toEqual(['shipment-*']);
    expect(keysOf('notify-customer')).toEqual([]);
    expect(actionsOf(statementsOf('get-order'))).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('are refused by the condition where a request names no key', () => {
    const writing = statementsOf('place-order').find(({ Action }) => Action.includes('dynamodb:PutItem'));

    expect(writing?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['order-*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  });
});

describe('the bundles', () => {
  let aws: Awaited<ReturnType<typeof fakeAws>>;
  let issuer: Awaited<ReturnType<typeof testIssuer>>;
  let logged: readonly Line[];
  let measured: readonly Measured[];
  let answers: readonly Answer[];

  beforeAll(async () => {
    aws = await fakeAws();
    issuer = await testIssuer();
    const { app, service } = synthesised();
    const bundles = service.functions.map(({ definition: { name }, bundle: { directory } }) => ({ name, directory }));
    ({ answers, logged, measured } = await callBundles(bundles, { directory: app.outdir, aws, issuer }));
  }, SLOW_MS);

  afterAll(() => Promise.all([aws.stop(), issuer.stop()]));

  it('run alone, on what AWS calls them with', () => {
    expect(answers).toEqual(functions.map(({ name }) => expectedOf(name)));
  });

  it('run with tracing as without it', async () => {
    const { app } = synthesised();
    const directory = join(app.outdir, 'traced');
    const names = ['place-order', 'project-orders', 'reserve-stock'];
    const some = functions.filter(({ name }) => names.includes(name));

    const bundles = bundleFunctions(some, { directory, conditions: ['@everfold/source'], isTraced: true });
    const traced = some.map(({ name }) => ({ name, directory: bundles.get(name)?.directory ?? '' }));
    const called = await callBundles(traced, { directory, aws, issuer });

    expect(called.answers).toEqual(names.map(expectedOf));
    for (const { bytes } of bundles.values()) {
      expect(bytes.own).toBeLessThan(MOST.own + TRACED.own);
      expect(bytes.libraries).toBeLessThan(MOST.libraries + TRACED.libraries);
    }
  });

  it('write a line for each call, with its correlation, and nothing of what it carries', () => {
    const lineOf = ({ function_name: name }: Line) => name;
    const batches = functions.filter(({ trigger }) => trigger.kind === 'stream').map(({ name }) => name);

    expect([...new Set(logged.map(lineOf))].sort()).toEqual(functions.map(({ name }) => name).sort());
    for (const line of logged) {
      expect(line).toMatchObject({ service: 'order-service', cold_start: true, function_request_id: 'r1' });
      expect(line.correlation_id, line.message).toMatch(/^(r1|JKJaXmPLvHcESHA=|XfGLwFTktjMFsLg=)$/);
    }
    expect(logged.filter(({ level }) => level === 'DEBUG').map(lineOf)).toEqual([...batches, 'sweep-fulfilment']);
    expect(JSON.stringify([logged, measured])).not.toMatch(/tok_ok|lamp|01234"|ada|grace/);
  });

  it('measure under the names and dimensions that the monitor looks for', () => {
    const found = measured.flatMap(({ _aws: { CloudWatchMetrics } }) =>
      CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.map(({ Name }) => [Namespace, Name, ...Dimensions]),
      ),
    );
    // Nobody came first where there is nothing.
    const { AppendConflicts: _, ...expected } = SERVICE_METRICS;

    const byName = Object.fromEntries(
      found.map(([namespace, name, ...dimensions]) => [name, [namespace, ...dimensions]]),
    );
    expect(byName).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, dimensions]) => [name, ['Everfold', [...dimensions]]])),
    );
  });

  it('ask for nothing that their roles do not allow', () => {
    const { resources } = synthesised();
    const find = (type: string, prefix: string) =>
      ofType(resources, type).find(({ id }) => id.startsWith(prefix))?.id ?? '';
    const logicalIds = {
      events: find('AWS::DynamoDB::Table', 'Events'),
      'read-models': find('AWS::DynamoDB::Table', 'ReadModels'),
      books: find('AWS::DynamoDB::Table', 'Books'),
      connections: find('AWS::DynamoDB::Table', 'Connections'),
      '@connections': find('AWS::ApiGatewayV2::Api', 'ServiceSockets'),
      orders: find('AWS::Events::EventBus', 'Bus'),
      schedules: find('AWS::Scheduler::ScheduleGroup', 'Timers'),
    };
    const refused = aws.asked.filter((asked) => !allows(statementsOf(asked.by), asked, logicalIds));

    expect(refused).toEqual([]);
    expect(aws.asked).toContainEqual(
      expect.objectContaining({ by: 'connect-customer', action: 'dynamodb:PutItem', resource: 'connections' }),
    );
    expect(new Set(aws.asked.map(({ action }) => action))).toEqual(
      new Set([
        'dynamodb:PutItem',
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'events:PutEvents',
        'scheduler:CreateSchedule',
        'execute-api:ManageConnections',
        'dynamodb:DeleteItem',
      ]),
    );
  });
});

/** The functions whose bundles have code of such a module. */
function havingSource(part: string): string[] {
  const sourcesOf = (directory: string): string[] =>
    JSON.parse(readFileSync(join(directory, 'index.mjs.map'), 'utf8')).sources;
  return synthesised()
    .service.functions.filter(({ bundle }) => sourcesOf(bundle.directory).some((path) => path.includes(part)))
    .map(({ definition }) => definition.name);
}

describe('a bundle', () => {
  it.each(['own', 'awsSdk', 'libraries'] as const)('has no more than it needs: %s', (part) => {
    const tooMuch = synthesised().service.functions.filter(({ bundle }) => bundle.bytes[part] > MOST[part]);

    expect(tooMuch.map(({ definition, bundle }) => [definition.name, bundle.bytes])).toEqual([]);
  });

  it('checks by the small form of zod: all of it takes as long to load as a fifth of the SDK', () => {
    expect(havingSource('/zod/v4/mini/')).toContain('place-order');
    expect(havingSource('/zod/v4/classic/')).toEqual([]);
  });

  it('has of a saga what its step needs', () => {
    expect(havingSource('/saga/src/answers.')).toEqual([]);
    expect(havingSource('/saga/src/work/undo.')).toEqual(['reserve-stock', 'charge-payment']);
    expect(havingSource('/saga/src/work/give-up.')).toEqual(['await-approval', 'charge-payment']);
    expect(havingSource('/saga/src/work/wait.')).toEqual(['await-approval']);
  });

  it('has the definition of a saga, and not what checks it: that was done when its functions were listed', () => {
    const refusal = 'is triggered by nothing';
    const { bundle } = synthesised().service.functions.find(({ definition }) => definition.name === 'ship-order') ?? {};

    const code = readFileSync(join(bundle?.directory ?? '', 'index.mjs'), 'utf8');

    expect(code).not.toContain(refusal);
    expect(code).toContain('ShipmentDispatched');
    expect(readFileSync(new URL('../../../../packages/saga/src/check-flow.ts', import.meta.url), 'utf8')).toContain(
      refusal,
    );
  });
});

/** What a function is to answer: the whole of it, or parts of an object. */
function expectedOf(name: string) {
  const expected = calls[name]?.answer;
  const isPart = typeof expected === 'object' && expected !== null;
  return { name, answer: isPart ? expect.objectContaining(expected) : expected };
}
