import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { observed } from '../observe/observed.js';
import { connections } from '../services/connections.js';

const open = connections();

/** `$disconnect`: nothing is sent to the connection any more. It comes most of the time; without it, the next push finds out. */
export const handler = observed(async ({ requestContext }: APIGatewayProxyWebsocketEventV2) => {
  await open.removeById(requestContext.connectionId);
  return { statusCode: 200 };
});
