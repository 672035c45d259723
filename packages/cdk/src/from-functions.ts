import { join } from 'node:path';
import { type FunctionDefinition, InvalidArgumentError, type Trigger } from '@everfold/core';
import { Duration, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { QueueTuning } from './events/queued-rule.js';
import type { StreamTuning } from './events/stream-consumer.js';
import { type Bundle, bundleFunctions } from './functions/bundle.js';
import { permit, type Surroundings } from './functions/grants.js';
import { type FunctionTuning, ServiceFunction } from './functions/service-function.js';
import type { FunctionTracing } from './functions/tracing.js';
import { HttpRoutes, type HttpTuning } from './http/http-routes.js';
import { WebSocketRoutes, type WebSocketTuning } from './sockets/web-socket-routes.js';
import type { EventStoreTable } from './tables/event-store-table.js';
import { type Attached, attachTrigger, type Callers } from './triggers.js';

/** How one function departs from what its kind has. */
export interface Tuning extends FunctionTuning, StreamTuning, QueueTuning {}

export interface ServiceProps extends Surroundings {
  /** The service's functions, as the local host runs them. */
  readonly functions: readonly FunctionDefinition[];
  readonly events: EventStoreTable;
  /** Environment variables of every function: names of what is there, which permit nothing. */
  readonly environment: Readonly<Record<string, string>>;
  readonly http?: HttpTuning;
  readonly sockets?: WebSocketTuning;
  /**
   * Has every function be traced, by a layer, or by an SDK that their own code registers. Default: none of them, for it costs something;
   * then spans are not in the bundles either.
   */
  readonly tracing?: FunctionTracing;
  /** By name of the function. */
  readonly tuning?: Readonly<Record<string, Tuning>>;
  /** Conditions of package exports for bundling. Default: none beside those of Node. */
  readonly conditions?: readonly string[];
}

/** A function of a service on AWS, and what stands around it. */
export interface DeployedFunction extends Attached {
  readonly definition: FunctionDefinition;
  readonly function: ServiceFunction;
  readonly bundle: Bundle;
}

/** A service on AWS. */
export interface DeployedService {
  readonly functions: readonly DeployedFunction[];
  /** Set where the service has HTTP routes. */
  readonly api?: HttpRoutes;
  /** Set where the service has routes for WebSockets. */
  readonly sockets?: WebSocketRoutes;
}

/**
 * What a kind of function has unless it is said otherwise. Lambda gives processor time in proportion to memory, the equivalent of one
 * vCPU at 1,769 MB. Source: Lambda Developer Guide, "Configure Lambda function memory". Somebody waits for
 * the answer of a route or a handshake, and a batch
 * of the stream keeps a processor busy with JSON: both are given twice what a function has that waits for one event's requests.
 *
 * A route has almost all of the 30 seconds that API Gateway waits for it: a store that is throttled gives up after 5 seconds an
 * operation, and is then answered with 503 and when to come again, where a function that runs out of time is answered with an error.
 * Source: API Gateway Developer Guide, "Quotas for configuring and running an HTTP API".
 */
const KINDS: Readonly<Record<Trigger['kind'], { readonly memoryMb: number; readonly timeout: Duration }>> = {
  http: { memoryMb: 512, timeout: Duration.seconds(29) },
  socket: { memoryMb: 512, timeout: Duration.seconds(10) },
  stream: { memoryMb: 512, timeout: Duration.minutes(1) },
  bus: { memoryMb: 256, timeout: Duration.seconds(30) },
  timer: { memoryMb: 256, timeout: Duration.minutes(1) },
};

/**
 * Builds a service on AWS from the list of its functions, the same that the local host runs: a Lambda function for each, with its
 * trigger, its dead letters, and permission for what it touches and nothing else.
 *
 * @throws InvalidArgumentError when a function touches, or is called by, what is not there; or a tuning is for none of them.
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 * import { ServiceBus, EventStoreTable, fromFunctions } from '@everfold/cdk';
 *
 * const functions = defineFunctions([
 *   {
 *     name: 'place-order',
 *     entry: new URL('./place-order.js', import.meta.url),
 *     trigger: { kind: 'http', route: 'POST /orders' },
 *     touches: { events: { read: true, write: ['order'] } },
 *   },
 * ]);
 * const stack = new Stack(new App(), 'Shop');
 * const events = new EventStoreTable(stack, 'Events');
 * const bus = new ServiceBus(stack, 'Bus');
 * fromFunctions(stack, 'Service', { functions, events, bus, environment: { EVENTS_TABLE: events.tableName } });
 * ```
 */
export function fromFunctions(scope: Construct, id: string, props: ServiceProps): DeployedService {
  const { functions, tuning = {}, conditions = [], tracing } = props;
  checkTuning(functions, tuning);
  const service = new Construct(scope, id);
  const directory = join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles', service.node.addr);
  const bundles = bundleFunctions(functions, { directory, conditions, isTraced: tracing !== undefined });
  const has = (kind: Trigger['kind']) => functions.some(({ trigger }) => trigger.kind === kind);
  const api = has('http') ? new HttpRoutes(service, 'Http', props.http) : undefined;
  const sockets = has('socket') ? new WebSocketRoutes(service, 'Sockets', props.sockets) : undefined;
  const reached = { ...props, api, sockets };
  return {
    functions: functions.map((definition) => deploy(service, definition, reached, bundles)),
    ...(api && { api }),
    ...(sockets && { sockets }),
  };
}

function deploy(
  scope: Construct,
  definition: FunctionDefinition,
  props: Omit<ServiceProps, 'sockets'> & Pick<Callers, 'api' | 'sockets'>,
  bundles: ReadonlyMap<string, Bundle>,
): DeployedFunction {
  const { name, trigger, touches = {} } = definition;
  const tuning = { ...KINDS[trigger.kind], ...props.tuning?.[name] };
  const bundle = bundles.get(name);
  if (bundle === undefined) throw new InvalidArgumentError(`Function "${name}" was not bundled.`);
  const place = new Construct(scope, name);
  const service = new ServiceFunction(place, 'Lambda', {
    ...tuning,
    bundle,
    description: describe(trigger),
    environment: props.environment,
    ...(typeof props.tracing === 'object' && { tracing: props.tracing }),
  });
  permit(name, service, touches, props);
  const attached = attachTrigger(place, { ...tuning, name, function: service }, trigger, props);
  return { definition, function: service, bundle, ...attached };
}

/** What the console shows beside the function's name. */
function describe(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'http':
      return `Answers ${trigger.route}`;
    case 'socket':
      return `Takes ${trigger.route} of the WebSocket API`;
    case 'stream':
      return 'Reads the stream of the event table';
    case 'bus':
      return 'Takes events of the bus from its queue';
    case 'timer':
      return `Is called every ${trigger.every}`;
  }
}

function checkTuning(functions: readonly FunctionDefinition[], tuning: NonNullable<ServiceProps['tuning']>): void {
  const names = new Set(functions.map(({ name }) => name));
  for (const name of Object.keys(tuning)) {
    if (names.has(name)) continue;
    throw new InvalidArgumentError(`There is no function "${name}" to be tuned; there are ${[...names].join(', ')}.`);
  }
}
