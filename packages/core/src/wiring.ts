import { InvalidArgumentError } from './errors.js';

/** A JSON value as an event pattern holds it. */
export type PatternValue = string | number | boolean | null | { readonly [operator: string]: unknown };

/**
 * An Amazon EventBridge event pattern.
 * Source: EventBridge User Guide, "Creating Amazon EventBridge event patterns".
 */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly PatternValue[] | readonly EventPattern[];
}

/** What calls a function, and how. A host (AWS, or one machine) builds the trigger from this. */
export type Trigger = HttpTrigger | StreamTrigger | BusTrigger;

/** A route of the HTTP API: the handler gets an `APIGatewayProxyEventV2`. */
export interface HttpTrigger {
  readonly kind: 'http';
  /** Method and path as API Gateway spells them, such as `GET /orders/{id}`. */
  readonly route: `${string} /${string}`;
}

/** The event table's stream: the handler gets a `DynamoDBStreamEvent`, and may answer with partial batch failures. */
export interface StreamTrigger {
  readonly kind: 'stream';
  /** Records a batch at the most, 1 to 10,000. Default 100, as Lambda has it. */
  readonly batchSize?: number;
  /** How often a failed batch is tried again before its records go to the dead letters. Default 10. */
  readonly retries?: number;
}

/** A rule on the event bus: the handler gets an `EventBridgeEvent`. */
export interface BusTrigger {
  readonly kind: 'bus';
  readonly pattern: EventPattern;
  /** How often a failed event is tried again before it goes to the dead letters. Default 10. */
  readonly retries?: number;
}

/** One function of a service: the same entry runs on AWS Lambda and on the local host. */
export interface FunctionDefinition {
  /** Unique within the service; letters, digits and dashes. */
  readonly name: string;
  /** The module whose export `handler` is the Lambda handler. */
  readonly entry: URL;
  readonly trigger: Trigger;
}

/**
 * Declares the functions of a service, once, for every host.
 *
 * @throws InvalidArgumentError when a name has other characters, or two functions share a name or a route.
 *
 * @example
 * ```ts
 * export const functions = defineFunctions([
 *   { name: 'place-order', entry: new URL('./place-order.js', import.meta.url), trigger: { kind: 'http', route: 'POST /orders' } },
 * ]);
 * ```
 */
export function defineFunctions(functions: readonly FunctionDefinition[]): readonly FunctionDefinition[] {
  const names = new Set<string>();
  const routes = new Set<string>();
  for (const { name, trigger } of functions) {
    if (!/^[A-Za-z0-9-]+$/.test(name)) {
      throw new InvalidArgumentError(`Function name "${name}" may have only letters, digits and dashes. Rename it.`);
    }
    if (names.has(name)) throw new InvalidArgumentError(`Two functions are named "${name}". Rename one of them.`);
    names.add(name);
    if (trigger.kind !== 'http') continue;
    if (routes.has(trigger.route))
      throw new InvalidArgumentError(`Two functions answer "${trigger.route}". Remove one of them.`);
    routes.add(trigger.route);
  }
  return functions;
}
