import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { SocketServer } from '../sockets/serve-sockets.js';
import { type HttpApi, tooLarge } from './http-api.js';
import { type HttpRequest, toRequestHead } from './http-request.js';
import { listen } from './listen.js';

/** The largest body that API Gateway reads, bytes. Source: "Quotas for configuring and running an HTTP API in API Gateway". */
const LARGEST_BODY = 10 * 1024 * 1024;

export interface ServeHttpOptions {
  /** 1 to 65535, or 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly hostname?: string;
  /** Takes requests to upgrade to a WebSocket, and is stopped with the server. Default: there are none. */
  readonly sockets?: SocketServer;
}

/** An HTTP API that listens. */
export interface HttpServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly port: number;
  /** Answers what has begun, and takes nothing more. */
  stop(): Promise<void>;
}

interface Env {
  Bindings: HttpBindings;
}

/**
 * Serves an HTTP API on a port.
 *
 * @throws PortInUseError when another program listens there.
 */
export async function serveHttp(
  api: HttpApi,
  { port, hostname = '127.0.0.1', sockets }: ServeHttpOptions,
): Promise<HttpServer> {
  const app = new Hono<Env>();
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }));
  app.all('*', async (context) => api.handle(await toHttpRequest(context)));

  const remedy = `Choose another: PORT=${port + 1} npm start, or the option "port".`;
  const listener = await listen((request, env) => app.fetch(request, env), {
    port,
    hostname,
    remedy,
    ...(sockets && { upgrade: sockets.upgrade }),
  });
  return {
    url: `http://${hostname}:${listener.port}`,
    port: listener.port,
    // A connection that is left open would hold up the listener.
    stop: async () => void (await Promise.all([listener.stop(), sockets?.stop()])),
  };
}

async function toHttpRequest({ env: { incoming }, req }: Context<Env>): Promise<HttpRequest> {
  return { ...toRequestHead(incoming), method: req.method, body: new Uint8Array(await req.arrayBuffer()) };
}
