import type { HttpTrigger } from '@everfold/core';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.js';

/** Who may call the API, and how much of it is taken. */
export interface HttpTuning {
  /** Default: whoever signs the request with credentials of AWS and may `execute-api:Invoke` it. Never everybody. */
  readonly authorization?: {
    readonly type: 'JWT' | 'CUSTOM';
    /** Id of an authorizer of the API. */
    readonly authorizerId: string;
    readonly scopes?: readonly string[];
  };
  /** Requests a second, over all routes, and how many may come at once. Default 100 and 200; what is above gets 429. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** How long the access log is kept. Default a month. */
  readonly logRetention?: RetentionDays;
}

/** What the access log says of a request: nothing that it carries. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/** An HTTP API, throttled and with an access log. Nothing answers in it until routes are added. */
export class HttpRoutes extends Construct {
  readonly apiId: string;
  readonly url: string;
  readonly #authorization: HttpTuning['authorization'];

  constructor(scope: Construct, id: string, tuning: HttpTuning = {}) {
    super(scope, id);
    const { throttle = { rate: 100, burst: 200 }, authorization, logRetention = RetentionDays.ONE_MONTH } = tuning;
    const api = new CfnApi(this, 'Api', { name: this.node.path.replaceAll('/', '-'), protocolType: 'HTTP' });
    const log = new LogGroup(this, 'AccessLog', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
    });
    this.apiId = api.ref;
    this.url = api.attrApiEndpoint;
    this.#authorization = authorization;
  }

  /** Has a function answer a route, and nothing but this route call it. */
  add({ route }: HttpTrigger, name: string, { lambda }: ServiceFunction): void {
    const [method, path] = route.split(' ');
    const scope = new Construct(this, name);
    const integration = new CfnIntegration(scope, 'Integration', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    const { type = 'AWS_IAM', authorizerId, scopes } = this.#authorization ?? {};
    new CfnRoute(scope, 'Route', {
      apiId: this.apiId,
      routeKey: route,
      target: `integrations/${integration.ref}`,
      authorizationType: type,
      ...(authorizerId !== undefined && { authorizerId }),
      ...(scopes && { authorizationScopes: [...scopes] }),
    });
    new CfnPermission(scope, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionName,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.apiId,
        resourceName: `*/${method === 'ANY' ? '*' : method}${path}`,
      }),
    });
  }
}
