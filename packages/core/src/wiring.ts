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
export type Trigger = HttpTrigger | StreamTrigger | BusTrigger | TimerTrigger | WebSocketTrigger;

/** A route of the HTTP API: the handler gets an `APIGatewayProxyEventV2`. */
export interface HttpTrigger {
  readonly kind: 'http';
  /** Method and path as API Gateway spells them, such as `GET /orders/{id}`. */
  readonly route: `${string} /${string}`;
  /**
   * Scopes of which the caller's token must have one; the gateway answers 403 without calling the function where it has none of
   * them. A host without a JWT authorizer refuses them: nobody would check. Default: any valid token will do.
   * Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers in API Gateway".
   */
  readonly scopes?: readonly string[];
}

/** The event table's stream: the handler gets a `DynamoDBStreamEvent`, and may answer with partial batch failures. */
export interface StreamTrigger {
  readonly kind: 'stream';
  /** Records a batch at the most, 1 to 10,000. Default 100, as Lambda has it. */
  readonly batchSize?: number;
  /**
   * How long records are gathered for a batch, seconds, 0 to 300. Default 0. A second makes fewer and larger batches, and so fewer
   * calls and writes, for rows that are a second behind. Source: AWS Lambda Developer Guide, "MaximumBatchingWindowInSeconds".
   */
  readonly windowSeconds?: number;
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

/**
 * How often something happens: a whole number from 1, and minutes, hours or days, such as `1m`, `12h` or `1d`.
 *
 * EventBridge has no unit below a minute. Source: EventBridge User Guide, "Rate expressions reference".
 */
export type Rate = `${number}${'m' | 'h' | 'd'}`;

/**
 * A rule that runs on a schedule: the handler gets a `ScheduledEvent`, which says nothing but that it is time. Its
 * `detail-type` is `Scheduled Event`, its `source` `aws.events`, and its `resources` the ARN of the rule.
 * Source: EventBridge User Guide, "Creating a scheduled rule (legacy) in Amazon EventBridge".
 *
 * It may come twice, and the next one comes whether or not the last one is done.
 */
export interface TimerTrigger {
  readonly kind: 'timer';
  /** Counted from when the rule is made. */
  readonly every: Rate;
  /** How often a failed call is made again before its event goes to the dead letters. Default 2, as Lambda has it. */
  readonly retries?: number;
}

/**
 * A route of the WebSocket API. For `$connect` the handler gets the handshake's headers and query, and refuses it by a status that is
 * not 2xx; for `$disconnect` it is told that the connection is over, most of the time; for all others it gets a message. Whatever is to
 * be sent to a client is sent by the management API (`PostToConnection`), not answered.
 *
 * Source: API Gateway Developer Guide, "Create routes for WebSocket APIs in API Gateway".
 */
export interface WebSocketTrigger {
  readonly kind: 'socket';
  /** `$connect`, `$disconnect`, the `action` of a message that is JSON, or `$default` for messages that no other route takes. */
  readonly route: '$connect' | '$disconnect' | '$default' | (string & {});
}

/**
 * What a function touches, beside what calls it. On AWS it may do this and nothing else; the local host does not ask.
 * Whatever is left out is not touched.
 */
export interface Touches {
  readonly events?: {
    /** Loads streams, of any category. */
    readonly read?: true;
    /** Categories of the streams that it appends to, or checks in a transaction. */
    readonly write?: readonly string[];
    /** Names of the unique values that it claims, releases or asks after. */
    readonly claims?: readonly string[];
  };
  readonly readModels?: 'read' | 'write';
  /**
   * Tables of the service's own, by the name under which the host is given them. `write` reads as well, and `delete` does all that
   * `write` does.
   */
  readonly tables?: Readonly<Record<string, 'read' | 'write' | 'delete'>>;
  /** Publishes on the bus. */
  readonly bus?: 'put';
  /** Has timers come back on the bus. */
  readonly timers?: 'set';
  /** Sends to connections of the WebSocket API, and closes them. */
  readonly connections?: 'push';
}

/** Which parts of Everfold a bundle does without, by the names of the constants that the bundler defines in it. */
export type LeavesOut = Readonly<Record<`EVERFOLD_WITHOUT_${string}`, boolean>>;

/** One function of a service: the same entry runs on AWS Lambda and on the local host. */
export interface FunctionDefinition {
  /** Unique within the service; letters, digits and dashes. */
  readonly name: string;
  /** The module whose export `handler` is the Lambda handler. */
  readonly entry: URL;
  readonly trigger: Trigger;
  /** Default: nothing. */
  readonly touches?: Touches;
  /**
   * What its bundle does without. It is derived from what the function handles, such as by `stepLeavesOut`, and never written by hand; a
   * bundle that meets what was left out of it throws. The local host does not bundle. Default: nothing is left out.
   */
  readonly leavesOut?: LeavesOut;
}

const RATE_UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * The milliseconds between two times at a rate.
 *
 * @throws InvalidArgumentError when it is none that EventBridge has.
 *
 * @example
 * ```ts
 * const between = rateMs('5m');
 * ```
 */
export function rateMs(rate: Rate): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(rate) ?? [];
  if (amount === undefined || !isRateUnit(unit)) {
    throw new InvalidArgumentError(
      `"${rate}" is not a rate. Write a whole number from 1 to 999999 and m, h or d, such as 1m, 12h or 1d.`,
    );
  }
  return Number(amount) * RATE_UNITS[unit];
}

function isRateUnit(unit: string | undefined): unit is keyof typeof RATE_UNITS {
  return unit !== undefined && Object.hasOwn(RATE_UNITS, unit);
}

/**
 * Declares the functions of a service, once, for every host.
 *
 * @throws InvalidArgumentError when a name has other characters, two functions share a name or a route, a rate or a route is none,
 * or a scope could not stand in a token.
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
    if (trigger.kind === 'timer') rateMs(trigger.every);
    if (trigger.kind === 'socket') checkSocketRoute(trigger.route);
    if (trigger.kind !== 'http' && trigger.kind !== 'socket') continue;
    // A message may have an action of any name.
    const route = `${trigger.kind} ${trigger.route}`;
    if (routes.has(route))
      throw new InvalidArgumentError(`Two functions answer "${trigger.route}". Remove one of them.`);
    routes.add(route);
    if (trigger.kind === 'http') checkScopes(trigger);
  }
  return functions;
}

/** A scope as a token can have it. Source: RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function checkScopes({ route, scopes }: HttpTrigger): void {
  if (scopes === undefined) return;
  if (scopes.length === 0) {
    throw new InvalidArgumentError(`Route "${route}" asks for one of no scopes. Name one, or leave "scopes" out.`);
  }
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  if (wrong === undefined) return;
  throw new InvalidArgumentError(
    `Route "${route}" asks for a scope "${wrong}". Write printable ASCII characters without a space, '"' or "\\".`,
  );
}

function checkSocketRoute(route: string): void {
  if (/^(\$(connect|disconnect|default)|[^$\s]\S*)$/.test(route)) return;
  throw new InvalidArgumentError(
    `"${route}" is not a route of a WebSocket API. Write $connect, $disconnect, $default, or the action of a message without spaces.`,
  );
}
