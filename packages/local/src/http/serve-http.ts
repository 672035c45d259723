import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type HttpApi, tooLarge } from './http-api.js';
import type { HttpRequest } from './http-request.js';
import { listen } from './listen.js';

/** The largest body that API Gateway reads, bytes. Source: "Quotas for configuring and running an HTTP API in API Gateway". */
const LARGEST_BODY = 10 * 1024 * 1024;

export interface ServeHttpOptions {
  /** 1 to 65535, or 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly hostname?: string;
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
export async function serveHttp(api: HttpApi, { port, hostname = '127.0.0.1' }: ServeHttpOptions): Promise<HttpServer> {
  const app = new Hono<Env>();
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }));
  app.all('*', async (context) => api.handle(await toHttpRequest(context)));

  const remedy = `Choose another: PORT=${port + 1} npm start, or the option "port".`;
  const listener = await listen((request, env) => app.fetch(request, env), { port, hostname, remedy });
  return { url: `http://${hostname}:${listener.port}`, port: listener.port, stop: () => listener.stop() };
}

async function toHttpRequest({ env: { incoming }, req }: Context<Env>): Promise<HttpRequest> {
  const [path = '', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.push([incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '']);
  }
  return {
    method: req.method,
    path,
    query,
    headers,
    body: new Uint8Array(await req.arrayBuffer()),
    sourceIp: incoming.socket.remoteAddress ?? '',
    protocol: `HTTP/${incoming.httpVersion}`,
  };
}
