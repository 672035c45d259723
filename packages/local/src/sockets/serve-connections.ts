import { systemRandom } from '@everfold/core';
import { uuidFrom } from '../bus/uuid.js';
import { decodedSegments } from '../http/http-request.js';
import { listen } from '../http/listen.js';
import type { ConnectionState, SocketApi } from './socket-api.js';

/** The largest message that API Gateway sends, bytes. Source: "Quotas for configuring and running a WebSocket API in API Gateway". */
const LARGEST_MESSAGE = 128 * 1024;

/** The exceptions of the management API, and their HTTP statuses. Source: its API Reference, "PostToConnection". */
const STATUS = { GoneException: 410, PayloadTooLargeException: 413, UnknownOperationException: 404 } as const;

/** Connections that the AWS SDK can reach. */
export interface ConnectionsServer {
  /** The value for `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`, or for a client's `endpoint`. */
  readonly endpoint: string;
  /** Answers what has begun, and takes nothing more. The connections themselves go on. */
  stop(): Promise<void>;
}

/**
 * Lets the AWS SDK send to connections on this machine: answers the actions `PostToConnection`, `GetConnection` and
 * `DeleteConnection` of the API Gateway Management API, which are all that it has. Signatures are not checked.
 */
export async function serveConnections(api: SocketApi): Promise<ConnectionsServer> {
  const remedy = 'Leave the port of the connections out: any other will do.';
  const listener = await listen((request) => answer(api, request), { port: 0, remedy });
  return { endpoint: `http://127.0.0.1:${listener.port}`, stop: () => listener.stop() };
}

async function answer(api: SocketApi, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const [collection, id, ...rest] = decodedSegments(pathname) ?? [];
  if (collection !== '@connections' || id === undefined || rest.length > 0) return refuse('UnknownOperationException');
  switch (request.method) {
    case 'POST': {
      const bytes = Buffer.from(await request.arrayBuffer());
      if (bytes.length > LARGEST_MESSAGE) return refuse('PayloadTooLargeException', 'Message too large');
      return (await api.post(id, bytes.toString())) ? respond(200) : refuse('GoneException');
    }
    case 'GET': {
      const state = api.find(id);
      return state ? respond(200, toOutput(state)) : refuse('GoneException');
    }
    case 'DELETE':
      return api.disconnect(id) ? respond(204) : refuse('GoneException');
    default:
      return refuse('UnknownOperationException');
  }
}

function toOutput({ connectedAt, lastActiveAt, sourceIp, userAgent }: ConnectionState): object {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  return { connectedAt: time(connectedAt), lastActiveAt: time(lastActiveAt), identity: { sourceIp, userAgent } };
}

function refuse(type: keyof typeof STATUS, message: string = type): Response {
  return respond(STATUS[type], { message }, { 'x-amzn-errortype': type });
}

function respond(status: number, body?: object, more: Record<string, string> = {}): Response {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': uuidFrom(systemRandom), ...more };
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
}
