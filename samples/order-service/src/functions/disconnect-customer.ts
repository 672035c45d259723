import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { observedRequest } from '../observe/observed-request.js';
import { connections } from '../services/connections.js';

const open = connections();

/** `$disconnect`: nothing is sent to the connection any more. It comes most of the time; without it, the next push finds out. */
export const handler = observedRequest(async ({ requestContext }: APIGatewayProxyWebsocketEventV2) => {
  await open.removeById(requestContext.connectionId);
  return { statusCode: 200 };
});
