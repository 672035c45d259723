import { type Clock, type FunctionDefinition, systemClock, systemIds, systemRandom } from '@everfold/core';
import { serveAwsEndpoints } from './aws-endpoints.js';
import { EventBus } from './bus/event-bus.js';
import type { DeadLetters } from './dead-letters.js';
import { loadHandlers, triggeredBy } from './functions.js';
import { type HttpAccess, HttpApi } from './http/http-api.js';
import { type HttpServer, type ServeHttpOptions, serveHttp } from './http/serve-http.js';
import { type LambdaHandler, lambdaContext } from './lambda-context.js';
import { openRates } from './schedules/rates.js';
import { Scheduler } from './schedules/scheduler.js';
import { serveSockets } from './sockets/serve-sockets.js';
import { SocketApi } from './sockets/socket-api.js';
import { type HostState, inMemoryState, openHostState } from './state/host-state.js';
import { followStream } from './streams/follow-stream.js';
import { type Log, standardErrorLog } from './streams/log.js';
import type { StreamSource } from './streams/source.js';
import type { StreamConsumer } from './streams/stream-consumer.js';

/** What a host runs, and with what. */
export interface HostOptions {
  readonly functions: readonly FunctionDefinition[];
  /** The event table's stream, or a feed that stands in for it. */
  readonly source: StreamSource;
  /** Name of the event bus. */
  readonly busName: string;
  /** Where batches and events go that a function could not be made to take. */
  readonly deadLetters: DeadLetters;
  /**
   * Where the host keeps how far it has come: each function's positions in the stream, what is under way on the bus, and
   * what is scheduled.
   * Each stream has a directory of its own in it. With it, a host that is killed loses nothing: the next one goes on where
   * it was. Default: in memory, for a stream that lives no longer than the process.
   */
  readonly stateDirectory?: string;
  /**
   * Environment variables that the functions find. `AWS_ENDPOINT_URL_EVENTBRIDGE`, `AWS_ENDPOINT_URL_SCHEDULER` and
   * `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` are set by the host.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** Who may call the routes. Default: everybody who reaches them. */
  readonly http?: HttpAccess;
  /** Consumers of the stream beside the functions, such as a display. Their positions are kept like those of functions. */
  readonly watchers?: readonly StreamConsumer[];
  /** How many functions the bus may run at the same time. Default 64. */
  readonly concurrency?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** How often Lambda repeats a call that nobody waits for. Source: AWS Lambda Developer Guide, "Asynchronous invocation". */
const TIMER_RETRIES = 2;

/** A service that runs on this machine. */
export interface LocalHost {
  /** Its routes, to be called without a socket. */
  readonly api: HttpApi;
  readonly bus: EventBus;
  /** The one-time schedules that put events on the bus. */
  readonly scheduler: Scheduler;
  /** How many deliveries on the bus an earlier host had left, and this one took up. */
  readonly resumed: number;
  /**
   * Serves its routes on a port, and its WebSocket API, where it has one, on the same.
   *
   * @throws PortInUseError when another program listens there.
   */
  listen(options: Omit<ServeHttpOptions, 'sockets'>): Promise<HttpServer>;
  /** Ends everything after what is in hand; with a state directory, the rest is left to the next host. */
  stop(): Promise<void>;
}

/**
 * Runs the functions of a service in this process, from the same wiring and with the same event shapes as on AWS: HTTP
 * routes, a WebSocket API, the table's stream, rules on an event bus that speaks the protocol of EventBridge, and timers: rules at a
 * rate, and one-time schedules of a scheduler that speaks the protocol of EventBridge Scheduler.
 *
 * The handlers are loaded once for each process, so that a process runs one service.
 *
 * @throws InvalidArgumentError when the wiring is not right, or a function has no handler.
 * @throws InvalidPatternError when EventBridge would refuse a rule's pattern.
 * @throws StateInUseError when another host runs on the same stream with the same state directory.
 * @throws StateUnreadableError when something else is in that directory's files.
 */
export async function startHost(options: HostOptions): Promise<LocalHost> {
  const { stateDirectory, source } = options;
  const state = stateDirectory === undefined ? inMemoryState() : await openHostState(stateDirectory, source.name);
  try {
    return await runHost(options, state);
  } catch (error) {
    await state.close();
    throw error;
  }
}

async function runHost(options: HostOptions, state: HostState): Promise<LocalHost> {
  const { checkpoints, journal, schedules, dueTimes, close } = state;
  const { functions, source, busName, deadLetters, environment = {}, watchers = [], http = {} } = options;
  const { concurrency = 64, clock = systemClock, log = standardErrorLog } = options;
  const warn = (message: string, error?: unknown) =>
    log.warn(error === undefined ? message : `${message} ${explain(error)}`);

  let handlers: ReadonlyMap<string, LambdaHandler<unknown>> = new Map();
  const call = (functionName: string, event: unknown): unknown => {
    const handler = handlers.get(functionName);
    // What is published while functions are still being loaded is tried again, like any call that failed.
    if (handler === undefined) throw new Error(`Function "${functionName}" is not loaded yet.`);
    return handler(event, lambdaContext({ functionName, requestId: systemIds(), clock }));
  };

  const toRule = (name: string, retries: number | undefined) => ({
    name,
    handler: async (event: unknown) => call(name, event),
    ...(retries === undefined ? {} : { retries }),
  });
  const timers = triggeredBy(functions, 'timer');
  const rules = [
    ...triggeredBy(functions, 'bus').map(({ name, trigger: { pattern, retries } }) => ({
      ...toRule(name, retries),
      pattern,
    })),
    ...timers.map(({ name, trigger: { retries = TIMER_RETRIES } }) => toRule(name, retries)),
  ];
  const bus = new EventBus({ rules, deadLetters, journal, name: busName, log: warn, concurrency, clock });
  const scheduler = new Scheduler({ bus, schedules, log: warn, clock });
  const sockets = new SocketApi({
    routes: triggeredBy(functions, 'socket').map(({ name, trigger: { route } }) => ({
      name,
      route,
      handler: async (event) => call(name, event),
    })),
    log: warn,
    clock,
  });
  const endpoints = await serveAwsEndpoints(bus, scheduler, sockets);

  const connect = async () => {
    handlers = await loadHandlers(functions);

    const routes = triggeredBy(functions, 'http').map(({ name, trigger: { route, scopes } }) => ({
      name,
      route,
      scopes,
      handler: async (event: unknown) => call(name, event),
    }));
    const api = new HttpApi({ ...http, routes, log: warn, clock });

    const consumers = triggeredBy(functions, 'stream').map(({ name, trigger: { kind: _kind, ...mapping } }) => ({
      name,
      invoke: (event: unknown) => call(name, event),
      ...mapping,
    }));
    const rates = await openRates({
      rules: timers.map(({ name, trigger: { every } }) => ({ name, every })),
      run: (name) => bus.runScheduled(name),
      dueTimes,
      log: warn,
      clock,
      random: systemRandom,
    });
    const all = [...consumers, ...watchers];
    const followed = await followStream({ source, consumers: all, deadLetters, checkpoints, clock, log });
    return { api, rates, followed };
  };

  // Functions read their environment when they are loaded, as on AWS.
  Object.assign(process.env, environment, endpoints.environment);
  const { api, rates, followed } = await connect().catch(async (error: unknown) => {
    await sockets.stop();
    await endpoints.stop();
    throw error;
  });

  const resumed = bus.resume();
  scheduler.start();
  rates.start();

  const servers: HttpServer[] = [];
  return {
    api,
    bus,
    scheduler,
    resumed,
    listen: async (serveOptions) => {
      const server = await serveHttp(api, {
        ...serveOptions,
        ...(sockets.hasRoutes && { sockets: serveSockets(sockets, clock) }),
      });
      servers.push(server);
      return server;
    },
    stop: async () => {
      // The functions are told of the connections that end with it.
      await Promise.all(servers.map((server) => server.stop()));
      await sockets.stop();
      await followed.stop();
      await Promise.all([scheduler.stop(), rates.stop()]);
      await bus.stop();
      await endpoints.stop();
      await close();
    },
  };
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
