import type { EventBus } from './bus/event-bus.js';
import { serveBus } from './bus/serve-bus.js';
import type { Scheduler } from './schedules/scheduler.js';
import { serveScheduler } from './schedules/serve-scheduler.js';

/** Where the AWS SDK finds on this machine what it would look for on AWS. */
export interface AwsEndpoints {
  /** The environment variables that tell it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers what has begun, and takes nothing more. */
  stop(): Promise<void>;
}

/** Serves a bus and a scheduler to the AWS SDK, each on a port of its own. */
export async function serveAwsEndpoints(bus: EventBus, scheduler: Scheduler): Promise<AwsEndpoints> {
  const [busServer, schedulerServer] = await Promise.all([serveBus(bus), serveScheduler(scheduler)]);
  return {
    environment: {
      AWS_ENDPOINT_URL_EVENTBRIDGE: busServer.endpoint,
      AWS_ENDPOINT_URL_SCHEDULER: schedulerServer.endpoint,
    },
    stop: async () => {
      await Promise.all([busServer.stop(), schedulerServer.stop()]);
    },
  };
}
