import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { createPush } from '../connections/push.js';
import { clock } from './clock.js';
import { connections } from './connections.js';
import { once } from './provided.js';

/** Sends to customers. No connection may take up the time that the function has for all of them. */
export const push = once(() =>
  createPush({
    connections: connections(),
    client: new ApiGatewayManagementApiClient({ requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } }),
    clock: clock(),
  }),
);
