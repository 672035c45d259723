import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

/** What API Gateway hands to the function of `$connect`: its type definition lacks the headers. */
export interface ConnectEvent extends APIGatewayProxyWebsocketEventV2 {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A token, and the subprotocol that the client must be answered with where it came in that header. */
export interface HandshakeToken {
  readonly token: string;
  readonly subprotocol?: string;
}

/** The subprotocol that says that a token follows. */
const BEARER = 'bearer';

/**
 * The token of a handshake. A browser can set no header of it but `Sec-WebSocket-Protocol`: `new WebSocket(url, ['bearer', token])`.
 * Others may put it in the query, `?token=…`, where whoever logs addresses sees it.
 */
export function tokenOf({ headers = {}, queryStringParameters = {} }: ConnectEvent): HandshakeToken | undefined {
  const [, offered = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === PROTOCOL) ?? [];
  const [scheme, token] = offered.split(',').map((each) => each.trim());
  if (scheme === BEARER && token !== undefined && token !== '') return { token, subprotocol: BEARER };
  const inQuery = queryStringParameters.token;
  return inQuery === undefined || inQuery === '' ? undefined : { token: inQuery };
}

const PROTOCOL = 'sec-websocket-protocol';
