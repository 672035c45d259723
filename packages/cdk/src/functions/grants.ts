import { InvalidArgumentError, type Touches } from '@everfold/core';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bus } from '../events/service-bus.js';
import type { SagaTimers } from '../events/timers.js';
import type { WebSocketRoutes } from '../sockets/web-socket-routes.js';
import type { ServiceTable } from '../tables/service-table.js';
import type { ServiceFunction } from './service-function.js';

/** What functions can touch. */
export interface Surroundings {
  readonly events: ServiceTable;
  readonly readModels?: ServiceTable;
  readonly bus?: Bus;
  readonly timers?: SagaTimers;
  /** The service's own tables, by the names under which its functions say that they touch them. */
  readonly tables?: Readonly<Record<string, ServiceTable>>;
}

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];
const ACCESS = {
  read: READ,
  write: [...READ, ...WRITE],
  delete: [...READ, ...WRITE, 'dynamodb:DeleteItem'],
} as const;

/** What functions can touch, with what the service has by itself. */
export interface Reach extends Surroundings {
  readonly sockets?: WebSocketRoutes | undefined;
}

/**
 * Permits a function what it says that it touches, and nothing else.
 *
 * A transaction has no permission of its own: each of its parts needs that of the single request, and a check
 * `ConditionCheckItem`. Source: DynamoDB Developer Guide, "Using IAM with DynamoDB transactions".
 *
 * @param name - The function's, for errors.
 * @throws InvalidArgumentError when it touches what is not there.
 */
export function permit(name: string, service: ServiceFunction, touches: Touches, surroundings: Reach): void {
  const { role } = service;
  const { events, readModels, tables = {}, bus, timers, connections } = touches;
  const there = <TResource>(what: string, resource: TResource | undefined): TResource => {
    if (resource !== undefined) return resource;
    throw new InvalidArgumentError(`Function "${name}" touches ${what}, and there is none. Give it to the service.`);
  };
  const statements = [
    ...(events ? eventStatements(events, surroundings.events.tableArn) : []),
    ...(readModels ? [tableStatement(readModels, there('read models', surroundings.readModels))] : []),
    ...Object.entries(tables).map(([table, access]) =>
      tableStatement(access, there(`the table "${table}"`, surroundings.tables?.[table])),
    ),
    ...(bus ? [allow(['events:PutEvents'], [there('the bus', surroundings.bus).busArn])] : []),
  ];
  for (const statement of statements) role.addToPolicy(statement);
  if (timers) there('timers', surroundings.timers).grantSet(role);
  if (connections) there('connections', surroundings.sockets).grantPush(service);
}

function eventStatements({ read, write = [], claims = [] }: NonNullable<Touches['events']>, tableArn: string) {
  return [
    ...(read ? [allow(['dynamodb:Query'], [tableArn])] : []),
    ...(write.length > 0
      ? [
          allow(
            ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'],
            [tableArn],
            onKeys(write.map((category) => `${category}-*`)),
          ),
        ]
      : []),
    ...(claims.length > 0
      ? [
          allow(
            ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
            [tableArn],
            onKeys(claims.map((claim) => `$claim-${claim}:*`)),
          ),
        ]
      : []),
  ];
}

/**
 * Only items whose hash key is one of these. `ForAllValues` also holds where a request has no such key, hence the second
 * condition. Source: IAM User Guide, "Set operators for multivalued context keys".
 */
function onKeys(patterns: readonly string[]) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}

function tableStatement(access: keyof typeof ACCESS, { tableArn, indexArns }: ServiceTable): PolicyStatement {
  return allow([...ACCESS[access]], [tableArn, ...indexArns]);
}

function allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions });
}
