import type { APIGatewayEventWebsocketRequestContextV2 } from 'aws-lambda';
import type { HttpRequest } from '../http/http-request.js';
import { toLogTime } from '../http/proxy-event.js';

/** The one stage that the WebSocket API has on this machine. */
export const LOCAL_STAGE = 'live';

/** What a client sent to open a connection. */
export type Handshake = Pick<HttpRequest, 'query' | 'headers' | 'sourceIp'>;

/** A connection, as events tell of it. */
export interface ConnectionFacts {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  /** Host and port that the client asked for. */
  readonly domainName: string;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** What happened on a connection. */
export type Happening =
  | { readonly eventType: 'CONNECT'; readonly handshake: Handshake }
  | { readonly eventType: 'MESSAGE'; readonly messageId: string; readonly body: string }
  | { readonly eventType: 'DISCONNECT'; readonly code: number; readonly reason: string };

/** What an event says beside that. */
export interface SocketEventDetails {
  readonly routeKey: string;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The request context of the type definitions, with the members that they lack; not every event has a message. */
interface RequestContext extends Omit<APIGatewayEventWebsocketRequestContextV2, 'messageId'> {
  readonly messageId?: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent: string };
  readonly disconnectStatusCode?: number;
  readonly disconnectReason?: string;
}

type Values = Readonly<Record<string, string>>;
type MultiValues = Readonly<Record<string, readonly string[]>>;

/** The event that API Gateway calls a function of a WebSocket API with. */
export interface SocketEvent {
  readonly requestContext: RequestContext;
  /** Of the handshake, their names as the client spelt them; messages have none. */
  readonly headers?: Values;
  readonly multiValueHeaders?: MultiValues;
  readonly queryStringParameters?: Values;
  readonly multiValueQueryStringParameters?: MultiValues;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Makes the event that API Gateway calls a function with for a route of a WebSocket API.
 * Source: API Gateway Developer Guide, "Set up a WebSocket API integration request in API Gateway", `$context` variables, and
 * "Manage connected users and client apps: $connect and $disconnect routes".
 */
export function toSocketEvent(
  connection: ConnectionFacts,
  happening: Happening,
  { routeKey, requestId, now }: SocketEventDetails,
): SocketEvent {
  const { id, connectedAt, domainName, sourceIp, userAgent } = connection;
  const context = {
    routeKey,
    eventType: happening.eventType,
    extendedRequestId: requestId,
    requestTime: toLogTime(new Date(now)),
    messageDirection: 'IN',
    stage: LOCAL_STAGE,
    connectedAt,
    requestTimeEpoch: now,
    identity: { sourceIp, userAgent },
    requestId,
    domainName,
    connectionId: id,
    apiId: 'local',
  } as const;
  switch (happening.eventType) {
    case 'CONNECT': {
      const { headers, query } = happening.handshake;
      const parameters = [...new URLSearchParams(query)];
      return {
        ...together('headers', 'multiValueHeaders', headers),
        ...(parameters.length > 0 && together('queryStringParameters', 'multiValueQueryStringParameters', parameters)),
        requestContext: context,
        isBase64Encoded: false,
      };
    }
    case 'MESSAGE':
      return {
        requestContext: { ...context, messageId: happening.messageId },
        body: happening.body,
        isBase64Encoded: false,
      };
    case 'DISCONNECT':
      return {
        ...together('headers', 'multiValueHeaders', [['Host', domainName]]),
        requestContext: { ...context, disconnectStatusCode: happening.code, disconnectReason: happening.reason },
        isBase64Encoded: false,
      };
  }
}

/** Each name with its last value, and each name with all of them. */
function together<TLast extends string, TAll extends string>(
  last: TLast,
  all: TAll,
  pairs: readonly (readonly [string, string])[],
): Record<TLast, Values> & Record<TAll, MultiValues> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  const both = { [last]: Object.fromEntries(pairs), [all]: Object.fromEntries(lists) };
  return both as Record<TLast, Values> & Record<TAll, MultiValues>;
}
