import { type CorsConfiguration, defineCors, type HttpTrigger, InvalidArgumentError } from '@everfold/core';
import { CfnApi, CfnAuthorizer, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.js';

/** Whose tokens an API takes: what the local host is given as `http.jwt`. */
export interface JwtProps {
  readonly issuer: string;
  /** Of these a token must name one: in `aud`, or in `client_id` where it has no `aud`. */
  readonly audience: readonly string[];
}

/** Who may call the API, and how much of it is taken. */
export interface HttpTuning {
  /**
   * Whoever has a valid token, and one of a route's scopes where it asks for them. Default: whoever signs the request with
   * credentials of AWS and may `execute-api:Invoke` it. Never everybody.
   */
  readonly jwt?: JwtProps;
  /** Which pages of other origins may call it. Default: none. */
  readonly cors?: CorsConfiguration;
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

/**
 * An HTTP API, throttled and with an access log. Nothing answers in it until routes are added.
 *
 * @throws InvalidArgumentError when API Gateway would refuse the CORS.
 */
export class HttpRoutes extends Construct {
  readonly apiId: string;
  readonly url: string;
  readonly #authorizer: CfnAuthorizer | undefined;

  constructor(scope: Construct, id: string, tuning: HttpTuning = {}) {
    super(scope, id);
    const { throttle = { rate: 100, burst: 200 }, jwt, cors, logRetention = RetentionDays.ONE_MONTH } = tuning;
    const api = new CfnApi(this, 'Api', {
      name: this.node.path.replaceAll('/', '-'),
      protocolType: 'HTTP',
      ...(cors && { corsConfiguration: toCors(defineCors(cors)) }),
    });
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
    this.#authorizer = jwt && this.#authorizeBy(jwt);
  }

  /**
   * Has a function answer a route, and nothing but this route call it.
   *
   * @throws InvalidArgumentError when the route asks for scopes, and nobody checks tokens.
   */
  add({ route, scopes }: HttpTrigger, name: string, { lambda }: ServiceFunction): void {
    const [method, path] = route.split(' ');
    const scope = new Construct(this, name);
    const integration = new CfnIntegration(scope, 'Integration', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    if (scopes && !this.#authorizer) {
      throw new InvalidArgumentError(
        `Route "${route}" asks for scopes, and nobody checks tokens. Give the API a JWT authorizer: http: { jwt }.`,
      );
    }
    new CfnRoute(scope, 'Route', {
      apiId: this.apiId,
      routeKey: route,
      target: `integrations/${integration.ref}`,
      ...(this.#authorizer
        ? { authorizationType: 'JWT', authorizerId: this.#authorizer.ref }
        : { authorizationType: 'AWS_IAM' }),
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

  /** Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers in API Gateway". */
  #authorizeBy({ issuer, audience }: JwtProps): CfnAuthorizer {
    return new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.apiId,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [...audience] },
    });
  }
}

function toCors(cors: CorsConfiguration): CfnApi.CorsProperty {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials } = cors;
  return {
    allowOrigins: [...allowOrigins],
    ...(allowMethods && { allowMethods: [...allowMethods] }),
    ...(allowHeaders && { allowHeaders: [...allowHeaders] }),
    ...(exposeHeaders && { exposeHeaders: [...exposeHeaders] }),
    ...(maxAge !== undefined && { maxAge }),
    ...(allowCredentials !== undefined && { allowCredentials }),
  };
}
