import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { PortInUseError } from './port-in-use-error.js';

/** Answers a request; `env.incoming` is the request as Node has it. */
export type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>;

export interface ListenOptions {
  /** 1 to 65535, or 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly hostname?: string;
  /** How to choose another port, for when this one is in use. */
  readonly remedy: string;
  /** Takes requests to upgrade to another protocol. Default: they are answered like any other. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** A server that listens. */
export interface Listener {
  readonly port: number;
  /** Answers what has begun, takes nothing more, and resolves when every connection is closed. */
  stop(): Promise<void>;
}

/**
 * Serves HTTP on a port.
 *
 * @throws PortInUseError when another program listens there.
 */
export function listen(
  fetch: Fetch,
  { port, hostname = '127.0.0.1', remedy, upgrade }: ListenOptions,
): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      // The adaptor's own type also allows for HTTP/2, which a plain server never speaks.
      const bindings = env as HttpBindings;
      const response = await fetch(request, bindings);
      // A connection kept alive would hold up a server that is to stop.
      if (!server.listening) bindings.outgoing.shouldKeepAlive = false;
      return response;
    },
  });
  if (upgrade) server.on('upgrade', upgrade);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, remedy, { cause: error }) : error);
    });
    server.listen(port, hostname, () => {
      const address = server.address();
      const listening = address === null || typeof address === 'string' ? port : address.port;
      resolve({ port: listening, stop: () => closed(server) });
    });
  });
}

function closed(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
}
