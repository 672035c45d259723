import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@everfold/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { toRequestHead } from '../http/http-request.js';
import { frameLimit } from './frame-limit.js';
import type { Admission, SocketApi, Wire } from './socket-api.js';
import { LOCAL_STAGE } from './socket-event.js';

/*
 * What a client may send, bytes.
 * Source: API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API in API Gateway".
 */
const LARGEST_MESSAGE = 128 * 1024;
const LARGEST_FRAME = 32 * 1024;

const TOO_LARGE = 1009;
const UNSUPPORTED = 1003;
/** The server of a connection is over: the client's answer to a close is not waited for any longer, milliseconds. */
const CLOSING_MS = 1_000;

/** Takes connections on a port that somebody else listens on. */
export interface SocketServer {
  /** Takes a request to upgrade to a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection, takes no other, and resolves when all of them are over. */
  stop(): Promise<void>;
}

/** Serves a WebSocket API at `/`, and at `/live`, which is its stage. */
export function serveSockets(api: SocketApi, clock: Clock = systemClock): SocketServer {
  const admitted = new WeakMap<IncomingMessage, Admission>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (_offered, request) => {
      const admission = admitted.get(request);
      return (admission?.open && admission.subprotocol) ?? false;
    },
  });
  let isStopped = false;

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { path, ...handshake } = toRequestHead(request);
    if (path !== '/' && path !== `/${LOCAL_STAGE}`) return refuse(socket, 403);
    const admission = await api.connect(handshake);
    if (isStopped) return refuse(socket, 503);
    if (admission.open === undefined) return refuse(socket, admission.status);
    admitted.set(request, admission);
    server.handleUpgrade(request, socket, head, (webSocket) => attach(webSocket, socket, admission.open));
  };

  return {
    upgrade: (request, socket, head) => {
      // Whoever goes away during the handshake is nobody's error.
      socket.on('error', () => socket.destroy());
      void admit(request, socket, head).catch(() => socket.destroy());
    },
    stop: async () => {
      isStopped = true;
      const open = [...server.clients];
      const over = Promise.all(open.map((each) => new Promise((resolve) => each.once('close', resolve))));
      for (const each of open) each.close(1001, 'Going away');
      await Promise.race([over, clock.sleep(CLOSING_MS)]);
      for (const each of server.clients) each.terminate();
      await over;
      server.close();
    },
  };
}

function attach(
  webSocket: WebSocket,
  socket: Duplex,
  open: (wire: Wire) => ReturnType<NonNullable<Admission['open']>>,
) {
  const ears = open({
    send: (text) =>
      new Promise((resolve, reject) => webSocket.send(text, (error) => (error ? reject(error) : resolve()))),
    close: (code, reason) => webSocket.close(code, reason),
  });
  const isTooLarge = frameLimit(LARGEST_FRAME);
  let isRefused = false;
  const refuseFurther = (code: number, reason: string) => {
    isRefused = true;
    webSocket.close(code, reason);
  };
  // Before the library takes the bytes: it would put a message together first.
  socket.prependListener('data', (chunk: Buffer) => {
    if (!isRefused && isTooLarge(chunk)) refuseFurther(TOO_LARGE, `Frame larger than ${LARGEST_FRAME} bytes`);
  });
  webSocket.on('message', (bytes, isBinary) => {
    if (isRefused) return;
    if (isBinary) refuseFurther(UNSUPPORTED, 'Binary frames are not supported');
    else ears.message(bytes.toString());
  });
  // A client that breaks the protocol is closed by the library, with the code that says why.
  webSocket.on('error', () => undefined);
  webSocket.on('close', (code, reason) => ears.closed(code, reason.toString()));
}

/** Answers a handshake with a status instead of a connection. */
function refuse(socket: Duplex, status: number): void {
  const body = JSON.stringify({ message: STATUS_CODES[status] ?? 'Refused' });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
