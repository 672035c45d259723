import { type Clock, type Random, systemClock, systemRandom, type WebSocketTrigger } from '@everfold/core';
import { uuidFrom } from '../bus/uuid.js';
import { toResponse } from '../http/function-answer.js';
import { type LambdaHandler, lambdaContext } from '../lambda-context.js';
import { Alarms } from '../schedules/alarms.js';
import {
  type ConnectionFacts,
  type Handshake,
  type Happening,
  type SocketEvent,
  toSocketEvent,
} from './socket-event.js';

/** A function that takes what happens on connections. */
export interface SocketRoute {
  /** The function's name. */
  readonly name: string;
  readonly route: WebSocketTrigger['route'];
  readonly handler: LambdaHandler<SocketEvent>;
}

export interface SocketApiOptions {
  readonly routes: readonly SocketRoute[];
  /** Hears of every function that failed; the client only gets a word. */
  readonly log: (message: string, error: unknown) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The wire under a connection. */
export interface Wire {
  /** Resolves once the text is on its way. @throws when the wire is cut. */
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
}

/** Where the wire tells what comes in. */
export interface Ears {
  message(text: string): void;
  /** Once, when the connection is over, from whichever side. */
  closed(code: number, reason: string): void;
}

/** What becomes of a handshake: a status that refuses it, or a connection. */
export type Admission =
  | { readonly status: number; readonly open?: undefined }
  | { readonly subprotocol: string | undefined; readonly open: (wire: Wire) => Ears };

/** What the management API tells of a connection. */
export interface ConnectionState extends ConnectionFacts {
  /** Milliseconds since 1970. */
  readonly lastActiveAt: number;
}

interface OpenConnection {
  readonly facts: ConnectionFacts;
  readonly wire: Wire;
  lastActiveAt: number;
}

/*
 * Source: API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API in API Gateway".
 */
const IDLE_MS = 10 * 60_000;
const LONGEST_MS = 2 * 3_600_000;
const TIMEOUT_MS = 29_000;

const GOING_AWAY = 1001;
const NORMAL = 1000;

/**
 * Connections that live as those of a WebSocket API of Amazon API Gateway do, without a socket: `serveSockets` adds one. Messages are
 * routed by `$request.body.action`.
 *
 * A connection ends after ten minutes without a message in either direction, and after two hours at the latest.
 */
export class SocketApi {
  readonly #routes: ReadonlyMap<string, SocketRoute>;
  readonly #log: SocketApiOptions['log'];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #connections = new Map<string, OpenConnection>();
  readonly #calls = new Set<Promise<void>>();
  /** When connections end by themselves. */
  readonly #ends: Alarms;

  constructor({ routes, log, clock = systemClock, random = systemRandom }: SocketApiOptions) {
    this.#routes = new Map(routes.map((route) => [route.route, route]));
    this.#log = log;
    this.#clock = clock;
    this.#random = random;
    this.#ends = new Alarms({ ring: async (id) => this.#end(id), log, clock, random });
    this.#ends.start();
  }

  /** Whether anything takes connections: without a route, API Gateway has no API to connect to. */
  get hasRoutes(): boolean {
    return this.#routes.size > 0;
  }

  /** Asks the function of `$connect`, if there is one, whether a connection may be opened. */
  async connect(handshake: Handshake): Promise<Admission> {
    const now = this.#clock.now();
    const facts: ConnectionFacts = {
      id: this.#connectionId(),
      connectedAt: now,
      domainName: headerOf(handshake, 'host') ?? 'localhost',
      sourceIp: handshake.sourceIp,
      userAgent: headerOf(handshake, 'user-agent') ?? '',
    };
    const route = this.#routes.get('$connect');
    const open = (wire: Wire) => this.#open(facts, wire);
    if (route === undefined) return { subprotocol: undefined, open };
    try {
      const answer = await this.#call(route, facts, { eventType: 'CONNECT', handshake });
      if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
        throw new TypeError('The function returned no statusCode. Return { statusCode: 200 } to accept a connection.');
      }
      const { ok, status, headers } = toResponse(answer);
      if (!ok) return { status };
      return { subprotocol: headers.get('sec-websocket-protocol') ?? undefined, open };
    } catch (error) {
      this.#log(`"${route.name}" failed on a handshake.`, error);
      return { status: 502 };
    }
  }

  /** Sends to a connection. @returns Whether it is there. */
  async post(id: string, text: string): Promise<boolean> {
    const connection = this.#connections.get(id);
    if (connection === undefined) return false;
    try {
      await connection.wire.send(text);
      this.#touch(connection);
      return true;
    } catch {
      return false;
    }
  }

  /** A connection that is there. */
  find(id: string): ConnectionState | undefined {
    const connection = this.#connections.get(id);
    return connection && { ...connection.facts, lastActiveAt: connection.lastActiveAt };
  }

  /** Ends a connection. @returns Whether it was there. */
  disconnect(id: string): boolean {
    const connection = this.#connections.get(id);
    connection?.wire.close(NORMAL, 'Connection Closed Normally');
    return connection !== undefined;
  }

  /** Ends every connection, and resolves when the functions that are called are done. */
  async stop(): Promise<void> {
    await this.#ends.stop();
    for (const { wire } of this.#connections.values()) wire.close(GOING_AWAY, 'Going away');
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  #open(facts: ConnectionFacts, wire: Wire): Ears {
    const connection: OpenConnection = { facts, wire, lastActiveAt: facts.connectedAt };
    this.#connections.set(facts.id, connection);
    this.#touch(connection);
    return {
      message: (text) => {
        this.#touch(connection);
        this.#during(this.#receive(connection, text));
      },
      closed: (code, reason) => {
        this.#connections.delete(facts.id);
        this.#ends.clear(facts.id);
        this.#during(this.#leave(facts, code, reason));
      },
    };
  }

  async #receive({ facts, wire }: OpenConnection, body: string): Promise<void> {
    const route = this.#routes.get(actionOf(body)) ?? this.#routes.get('$default');
    const requestId = uuidFrom(this.#random);
    const say = (message: string) =>
      wire.send(JSON.stringify({ message, connectionId: facts.id, requestId })).catch(() => undefined);
    if (route === undefined) {
      await say('Forbidden');
      return;
    }
    try {
      await this.#call(route, facts, { eventType: 'MESSAGE', messageId: uuidFrom(this.#random), body }, requestId);
    } catch (error) {
      this.#log(`"${route.name}" failed on a message.`, error);
      await say('Internal server error');
    }
  }

  async #leave(facts: ConnectionFacts, code: number, reason: string): Promise<void> {
    const route = this.#routes.get('$disconnect');
    if (route === undefined) return;
    try {
      await this.#call(route, facts, { eventType: 'DISCONNECT', code, reason });
    } catch (error) {
      this.#log(`"${route.name}" failed on the end of a connection. API Gateway does not try it again either.`, error);
    }
  }

  #call(
    { name, route, handler }: SocketRoute,
    facts: ConnectionFacts,
    happening: Happening,
    requestId = uuidFrom(this.#random),
  ): Promise<unknown> {
    const event = toSocketEvent(facts, happening, { routeKey: route, requestId, now: this.#clock.now() });
    return handler(event, lambdaContext({ functionName: name, requestId, clock: this.#clock, timeoutMs: TIMEOUT_MS }));
  }

  /** Whether it is over is looked at when its time has come: a message only moves that time. */
  #touch(connection: OpenConnection): void {
    const { facts } = connection;
    connection.lastActiveAt = this.#clock.now();
    if (!this.#connections.has(facts.id)) return;
    this.#ends.set(facts.id, Math.min(connection.lastActiveAt + IDLE_MS, facts.connectedAt + LONGEST_MS));
  }

  #end(id: string): void {
    this.#connections.get(id)?.wire.close(GOING_AWAY, 'Going away');
  }

  #during(call: Promise<void>): void {
    const running = call.finally(() => this.#calls.delete(running));
    this.#calls.add(running);
  }

  /** As long as those of API Gateway, and like them to be encoded in a path. */
  #connectionId(): string {
    const bytes = Uint8Array.from({ length: 11 }, () => Math.floor(this.#random() * 256));
    return `${Buffer.from(bytes).toString('base64url')}=`;
  }
}

function headerOf({ headers }: Handshake, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** What the route selection expression `$request.body.action` comes to. */
function actionOf(body: string): string {
  try {
    const json: unknown = JSON.parse(body);
    const action = typeof json === 'object' && json !== null && 'action' in json ? json.action : undefined;
    // Nobody sends what API Gateway sends by itself.
    return typeof action === 'string' && !action.startsWith('$') ? action : '$default';
  } catch {
    return '$default';
  }
}
