/** A layer that registers an OpenTelemetry SDK before the function is loaded: what the code records through the API becomes spans. */
export interface LayerTracing {
  /**
   * Of the layer's version in the stack's Region, and for ARM64 where it asks for a processor, such as
   * `arn:aws:lambda:eu-central-1:615299751070:layer:AWSOpenTelemetryDistroJs:VERSION`.
   */
  readonly layerArn: string;
  /** The layer's script that starts the runtime. Default `/opt/otel-instrument`, that of AWS's own layer. */
  readonly wrapper?: string;
  /** More of the layer's variables, such as where another one sends its spans; they go before those set here. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What makes spans: a layer, or an SDK that the functions' own code registers. */
export type FunctionTracing = LayerTracing | 'own-sdk';

/**
 * What a traced function finds in its environment.
 *
 * AWS's layer hands spans to Lambda's own X-Ray daemon, and patches the handler of an ES module too. Left to itself it sends metrics to
 * Application Signals as well, which is billed apart. Its fast start (`OTEL_AWS_LAMBDA_FAST_START`) is not asked for: that drops the links
 * between spans, and takes all spans of a call to be of one trace.
 * Source: aws-observability/aws-otel-js-instrumentation, `otel-instrument` of the layer and `opentelemetry-lite-sdk.ts`.
 */
export function environmentOf({
  wrapper = '/opt/otel-instrument',
  environment = {},
}: LayerTracing): Readonly<Record<string, string>> {
  return {
    AWS_LAMBDA_EXEC_WRAPPER: wrapper,
    OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
    ...environment,
  };
}
