import {
  CustomerPool,
  type DeployedService,
  EventStoreTable,
  type FunctionTracing,
  fromFunctions,
  Monitor,
  ReadModelTable,
  SagaTimers,
  ServiceBus,
  ServiceTable,
} from '@everfold/cdk';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { CONNECTIONS_TIME_TO_LIVE, connectionsTable } from '../connections/dynamodb-connections.js';
import { functions } from '../functions.js';
import { STAFF_SCOPE } from '../http/caller.js';
import { corsFor } from '../http/cors.js';
import { booksTable } from '../world/dynamodb-books.js';

export interface OrderServiceStackProps extends StackProps {
  /** `DESTROY` for a stack to try things on: its tables go with it. Default: they are kept. */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
  /** Who is told of alarms. Default: nobody; they stand on the dashboard. */
  readonly alarmEmail?: string;
  /** Origins whose pages may call the API, separated by commas. Default: none. */
  readonly corsOrigins?: string;
  /** Has every function be traced. Default: none of them. */
  readonly tracing?: FunctionTracing;
  /** Whether API Gateway is given a role for its logs: see `WebSocketTuning`. Default: it has one. */
  readonly makesLogRole?: boolean;
  /** Conditions of package exports for bundling: see `fromFunctions`. */
  readonly conditions?: readonly string[];
}

/** Where the functions write what they measure. */
const METRICS = { namespace: 'Everfold', service: 'order-service' } as const;

/** The order service on AWS, from the same list of functions that runs on one machine. */
export class OrderServiceStack extends Stack {
  readonly service: DeployedService;

  constructor(
    scope: Construct,
    id: string,
    {
      conditions = [],
      removalPolicy,
      alarmEmail,
      corsOrigins,
      tracing,
      makesLogRole = false,
      ...props
    }: OrderServiceStackProps = {},
  ) {
    super(scope, id, props);
    const kept = { removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN } as const;
    const events = new EventStoreTable(this, 'Events', kept);
    const readModels = new ReadModelTable(this, 'ReadModels', kept);
    const books = new ServiceTable(this, 'Books', { ...kept, definition: booksTable('') });
    const connections = new ServiceTable(this, 'Connections', {
      ...kept,
      definition: connectionsTable(''),
      timeToLive: CONNECTIONS_TIME_TO_LIVE,
    });
    const bus = new ServiceBus(this, 'Bus');
    const timers = new SagaTimers(this, 'Timers', { bus });
    const customers = new CustomerPool(this, 'Customers', { ...kept, staffScopes: [STAFF_SCOPE] });
    this.service = fromFunctions(this, 'Service', {
      functions,
      events,
      readModels,
      bus,
      timers,
      tables: { books, connections },
      conditions,
      ...(tracing && { tracing }),
      http: { jwt: customers.jwt, ...(corsOrigins !== undefined && { cors: corsFor(corsOrigins) }) },
      sockets: { makesLogRole },
      environment: {
        POWERTOOLS_SERVICE_NAME: METRICS.service,
        POWERTOOLS_METRICS_NAMESPACE: METRICS.namespace,
        EVENTS_TABLE: events.tableName,
        READ_MODELS_TABLE: readModels.tableName,
        BOOKS_TABLE: books.tableName,
        JWT_ISSUER: customers.jwt.issuer,
        JWT_AUDIENCE: customers.client.userPoolClientId,
        CONNECTIONS_TABLE: connections.tableName,
        BUS_NAME: bus.busName,
        BUS_ARN: bus.busArn,
        TIMERS_ROLE_ARN: timers.roleArn,
        TIMERS_GROUP: timers.groupName,
        TIMERS_DEAD_LETTERS_ARN: timers.deadLetters.queueArn,
      },
    });
    new Monitor(this, 'Monitor', {
      service: this.service,
      tables: { events, 'read-models': readModels, books, connections },
      deadLetters: { timers: timers.deadLetters },
      metrics: METRICS,
      ...(alarmEmail !== undefined && { topic: topicOf(this, alarmEmail) }),
    });
    if (this.service.api) new CfnOutput(this, 'ApiUrl', { value: this.service.api.url });
    new CfnOutput(this, 'UserPoolId', { value: customers.pool.userPoolId });
    new CfnOutput(this, 'ClientId', { value: customers.client.userPoolClientId });
    if (customers.backOffice) {
      new CfnOutput(this, 'BackOfficeClientId', { value: customers.backOffice.client.userPoolClientId });
      new CfnOutput(this, 'BackOfficeTokenUrl', { value: customers.backOffice.tokenUrl });
    }
    if (this.service.sockets) new CfnOutput(this, 'SocketUrl', { value: this.service.sockets.url });
    new CfnOutput(this, 'EventsTable', { value: events.tableName });
    new CfnOutput(this, 'ReadModelsTable', { value: readModels.tableName });
    new CfnOutput(this, 'BusName', { value: bus.busName });
    new CfnOutput(this, 'ArchiveArn', { value: bus.archiveArn });
  }
}

function topicOf(scope: Construct, alarmEmail: string): Topic {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
