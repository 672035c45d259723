import { type ConnectEvent, tokenOf } from '../connections/handshake.js';
import { observedRequest } from '../observe/observed-request.js';
import { clock } from '../services/clock.js';
import { connections } from '../services/connections.js';
import { tokens } from '../services/tokens.js';

const open = connections();
const time = clock();

/**
 * `$connect`: takes the connection of a customer who shows a token. WebSocket APIs have no JWT authorizer, so it is verified here, once
 * for as long as the connection lives.
 */
export const handler = observedRequest(async (event: ConnectEvent) => {
  const shown = tokenOf(event);
  const customerId = shown && (await tokens()(shown.token));
  if (customerId === undefined) return { statusCode: 401 };
  await open.add({ customerId, connectionId: event.requestContext.connectionId, openedAt: time.now() });
  const { subprotocol } = shown ?? {};
  return { statusCode: 200, ...(subprotocol !== undefined && { headers: { 'Sec-WebSocket-Protocol': subprotocol } }) };
});
