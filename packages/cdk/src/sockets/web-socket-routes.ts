import type { WebSocketTrigger } from '@everfold/core';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { inWords } from '../functions/in-words.js';
import type { ServiceFunction } from '../functions/service-function.js';
import { gatewayLogRole } from './gateway-log-role.js';

/** How much of a WebSocket API is taken. */
export interface WebSocketTuning {
  /** Handshakes and messages a second, over all routes, and how many may come at once. Default 100 and 200. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** How long the access log is kept. Default a month. */
  readonly logRetention?: RetentionDays;
  /**
   * Gives API Gateway a role by which it writes logs, in the whole account and Region, which WebSocket APIs need and HTTP APIs do not.
   * It replaces the one that is there, and stays when the stack goes. Default: there is one already.
   */
  readonly makesLogRole?: boolean;
}

/** What the access log says of a handshake, a message or an end: nothing that it carries. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  connection: '$context.connectionId',
  status: '$context.status',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/** The one stage. Its name is in the address, so it is no reference, and nobody has to wait for the stage who is told of it. */
const STAGE = 'live';

/**
 * A WebSocket API, throttled and with an access log. Messages are routed by their `action`.
 *
 * Whoever may connect is decided by the function of `$connect`: a WebSocket API has no authorizer for tokens.
 * Source: API Gateway Developer Guide, "Control and manage access to WebSocket APIs in API Gateway".
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 *
 * const sockets = new WebSocketRoutes(new Stack(new App(), 'Shop'), 'Sockets', { throttle: { rate: 20, burst: 40 } });
 * ```
 */
export class WebSocketRoutes extends Construct {
  readonly apiId: string;
  /** Where clients connect. */
  readonly url: string;
  /** Where messages to clients are posted: the management API. */
  readonly callbackUrl: string;

  constructor(scope: Construct, id: string, tuning: WebSocketTuning = {}) {
    super(scope, id);
    const { throttle = { rate: 100, burst: 200 }, logRetention = RetentionDays.ONE_MONTH, makesLogRole } = tuning;
    const api = new CfnApi(this, 'Api', {
      name: this.node.path.replaceAll('/', '-'),
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
    });
    const log = new LogGroup(this, 'AccessLog', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const stage = new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: STAGE,
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
    });
    if (makesLogRole) stage.addDependency(gatewayLogRole(this));
    const { region, urlSuffix } = Stack.of(this);
    const address = `${api.ref}.execute-api.${region}.${urlSuffix}/${STAGE}`;
    this.apiId = api.ref;
    this.url = `wss://${address}`;
    this.callbackUrl = `https://${address}`;
  }

  /** Has a function take what comes by a route, and nothing but this route call it. */
  add({ route: routeKey }: WebSocketTrigger, name: string, { lambda }: ServiceFunction): void {
    const scope = new Construct(this, name);
    const { region, partition } = Stack.of(this);
    const integration = new CfnIntegration(scope, 'Integration', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${lambda.functionArn}/invocations`,
    });
    const route = new CfnRoute(scope, 'Route', {
      apiId: this.apiId,
      routeKey,
      target: `integrations/${integration.ref}`,
      authorizationType: 'NONE',
    });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The function of $connect verifies the token; other routes are reached by connections only that it has accepted.',
    });
    new CfnPermission(scope, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionName,
      principal: 'apigateway.amazonaws.com',
      sourceArn: this.#arn(routeKey),
    });
  }

  /**
   * Lets a function send to connections, close them and ask after them.
   *
   * Source: API Gateway Developer Guide, "Use IAM policies to control access to @connections commands".
   */
  grantPush({ lambda, role }: ServiceFunction): void {
    const connections = this.#arn('*/@connections/*');
    role.addToPolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: [connections] }));
    lambda.addEnvironment('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI', this.callbackUrl);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${inWords(Stack.of(this).resolve(connections))}]`,
      reason: 'Connections have ids that nobody knows beforehand; the API and its stage are named.',
    });
  }

  /** Of what stands below the stage. */
  #arn(resource: string): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.apiId,
      resourceName: `${STAGE}/${resource}`,
    });
  }
}
