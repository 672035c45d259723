import { systemRandom } from '@everfold/core';
import { listen } from '../http/listen.js';
import type { EventBus } from './event-bus.js';
import { PutEventsRefusedError } from './put-events-refused-error.js';
import { parsePutEvents } from './put-events-wire.js';
import { uuidFrom } from './uuid.js';

const TARGET = 'AWSEvents.PutEvents';

export interface ServeBusOptions {
  /** 1 to 65535. Default 0: any that is free. */
  readonly port?: number;
}

/** A bus that the AWS SDK can reach. */
export interface BusServer {
  /** The value for `AWS_ENDPOINT_URL_EVENTBRIDGE`, or for a client's `endpoint`. */
  readonly endpoint: string;
  /** Answers what has begun, and takes nothing more. The bus itself runs on. */
  stop(): Promise<void>;
}

/**
 * Lets the AWS SDK publish to a bus on this machine: answers the `PutEvents` action of the EventBridge API, and no other.
 * Signatures are not checked.
 *
 * @throws PortInUseError when another program listens on the port.
 */
export async function serveBus(bus: EventBus, { port = 0 }: ServeBusOptions = {}): Promise<BusServer> {
  const remedy = 'Leave the port of the bus out: any other will do.';
  const listener = await listen((request) => answer(bus, request), { port, remedy });
  return { endpoint: `http://127.0.0.1:${listener.port}`, stop: () => listener.stop() };
}

async function answer(bus: EventBus, request: Request): Promise<Response> {
  try {
    checkTarget(request);
    const body = await request.text();
    return toResponse(200, await bus.putEvents(parsePutEvents(body)));
  } catch (error) {
    if (error instanceof PutEventsRefusedError) {
      return toResponse(400, { __type: error.type, message: error.message });
    }
    return toResponse(500, { __type: 'InternalException', message: String(error) });
  }
}

function checkTarget(request: Request): void {
  const target = request.headers.get('x-amz-target');
  if (request.method === 'POST' && new URL(request.url).pathname === '/' && target === TARGET) return;
  const message = `This bus knows only POST / with X-Amz-Target ${TARGET}, not ${request.method} with ${target}.`;
  throw new PutEventsRefusedError('UnknownOperationException', message);
}

function toResponse(status: number, answer: object): Response {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': uuidFrom(systemRandom) };
  return new Response(JSON.stringify(answer), { status, headers });
}
