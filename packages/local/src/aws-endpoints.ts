import type { EventBus } from './bus/event-bus.js';
import { serveBus } from './bus/serve-bus.js';
import type { Scheduler } from './schedules/scheduler.js';
import { serveScheduler } from './schedules/serve-scheduler.js';
import { serveConnections } from './sockets/serve-connections.js';
import type { SocketApi } from './sockets/socket-api.js';

/** Where the AWS SDK finds on this machine what it would look for on AWS. */
export interface AwsEndpoints {
  /** The environment variables that tell it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers what has begun, and takes nothing more. */
  stop(): Promise<void>;
}

/** Serves a bus, a scheduler and the connections of a WebSocket API to the AWS SDK, each on a port of its own. */
export async function serveAwsEndpoints(
  bus: EventBus,
  scheduler: Scheduler,
  sockets: SocketApi,
): Promise<AwsEndpoints> {
  const [busServer, schedulerServer, connectionsServer] = await Promise.all([
    serveBus(bus),
    serveScheduler(scheduler),
    serveConnections(sockets),
  ]);
  return {
    environment: {
      AWS_ENDPOINT_URL_EVENTBRIDGE: busServer.endpoint,
      AWS_ENDPOINT_URL_SCHEDULER: schedulerServer.endpoint,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: connectionsServer.endpoint,
    },
    stop: async () => {
      await Promise.all([busServer.stop(), schedulerServer.stop(), connectionsServer.stop()]);
    },
  };
}
