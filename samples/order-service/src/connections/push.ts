import {
  type ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Clock } from '@everfold/core';
import type { Connection, Connections } from './connections.js';

/** Sends a message to every connection of a customer. */
export type Push = (customerId: string, message: object) => Promise<void>;

export interface PushOptions {
  readonly connections: Connections;
  readonly client: Pick<ApiGatewayManagementApiClient, 'send'>;
  readonly clock: Clock;
}

/**
 * How long a connection may be on its way into being: API Gateway waits no longer for `$connect`, milliseconds. Until it is there, API
 * Gateway calls it gone. Source: API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API", integration timeout;
 * AWS re:Post, "How do I troubleshoot 410 GoneException errors with my API Gateway WebSocket API?"
 */
const HANDSHAKE_MS = 30_000;

/**
 * Makes a function that sends to all connections of a customer at the same time, whatever becomes of the others. One that is gone is
 * removed.
 *
 * What it does costs the Query that finds the connections, a `PostToConnection` for each, and a DeleteItem for each that is gone.
 *
 * It throws an AggregateError where a connection could not be sent to, once all others were: sent again, the message comes a second time
 * there. So it does where a connection is not there *yet*, which only its age tells from one that is gone.
 */
export function createPush({ connections, client, clock }: PushOptions): Push {
  const send = async (connection: Connection, data: string) => {
    try {
      await client.send(new PostToConnectionCommand({ ConnectionId: connection.connectionId, Data: data }));
    } catch (error) {
      const isGone = error instanceof GoneException && clock.now() - connection.openedAt > HANDSHAKE_MS;
      if (!isGone) throw error;
      await connections.remove(connection);
    }
  };
  return async (customerId, message) => {
    const open = await connections.of(customerId);
    const data = JSON.stringify(message);
    const results = await Promise.allSettled(open.map((connection) => send(connection, data)));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length === 0) return;
    throw new AggregateError(
      failures,
      `${failures.length} of ${open.length} connections were not sent to: ${failures.map(String).join('; ')}. Send it again.`,
    );
  };
}
