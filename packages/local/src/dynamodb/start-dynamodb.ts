import { type Clock, systemClock } from '@everfold/core';
import { type BackendEnvironment, chooseBackend, type ServedBackend } from './choose-backend.js';
import { inDataDirectory } from './data-directory.js';
import { startInDocker } from './docker.js';
import { useEndpoint } from './endpoint.js';
import { startInJava } from './java.js';
import type { Refusal } from './no-backend-error.js';
import type { Server } from './server.js';

/** How DynamoDB is to be had. Everything has a default. */
export interface StartOptions {
  /** Forces one backend, as the environment variable `EVERFOLD_DYNAMODB` does. */
  readonly use?: ServedBackend;
  /** URL of a DynamoDB that runs already. Default: the environment variable `DYNAMODB_ENDPOINT`. */
  readonly endpoint?: string;
  /**
   * Where Docker or Java keeps the tables, and their streams, between starts; made if it is not there. One DynamoDB at a
   * time. Default: the environment variable `EVERFOLD_DATA_DIR`; without it, in memory.
   */
  readonly dataDirectory?: string;
  /** The port that Docker or Java listens on. Default: any free one. */
  readonly port?: number;
  readonly environment?: BackendEnvironment;
  readonly clock?: Clock;
}

/** A DynamoDB that answers, and how it came to be. */
export interface RunningDynamoDB extends Server {
  readonly backend: ServedBackend;
  /** Whether the tables are there after `stop`. */
  readonly keepsTables: boolean;
  /** What was tried first, and why it did not work. */
  readonly passedOver: readonly Refusal[];
}

/**
 * Finds or starts a DynamoDB: the endpoint in `DYNAMODB_ENDPOINT`; else DynamoDB Local in Docker; else its jar in Java.
 * `EVERFOLD_DYNAMODB` forces one of `endpoint`, `docker`, `java`, `memory`.
 *
 * What it starts ends by `stop`, and with this process; call `stop` from the handlers of SIGINT and SIGTERM. A container
 * whose Testcontainers reaper was disabled ends by `stop` only.
 * Takes about two seconds; the first time in Docker, as long as the image takes to come.
 *
 * @returns `undefined` when `EVERFOLD_DYNAMODB` is `memory`: the caller then needs no DynamoDB.
 * @throws NoBackendError when none can be had, naming the three ways and what is wrong with each.
 * @throws InvalidArgumentError when `EVERFOLD_DYNAMODB` is none of its values, or the data directory cannot be written to.
 * @throws StateInUseError when another DynamoDB that was started here has the data directory.
 *
 * @example
 * ```ts
 * const dynamodb = await startDynamoDB();
 * if (dynamodb === undefined) throw new Error('EVERFOLD_DYNAMODB is "memory".');
 * const client = new DynamoDBClient({ endpoint: dynamodb.endpoint });
 * await dynamodb.stop();
 * ```
 */
export async function startDynamoDB(options: StartOptions = {}): Promise<RunningDynamoDB | undefined> {
  const { use, port, environment = process.env, clock = systemClock } = options;
  const endpoint = options.endpoint ?? environment.DYNAMODB_ENDPOINT;
  const dataDirectory = options.dataDirectory ?? (environment.EVERFOLD_DATA_DIR || undefined);
  const launch = { clock, dataDirectory, port };
  const choice = await chooseBackend(
    { EVERFOLD_DYNAMODB: use ?? environment.EVERFOLD_DYNAMODB, DYNAMODB_ENDPOINT: endpoint },
    {
      endpoint: () => useEndpoint(endpoint),
      docker: () => inDataDirectory(launch, startInDocker),
      java: () => inDataDirectory(launch, startInJava),
    },
  );
  if (choice.backend === 'memory') return undefined;
  const { backend, passedOver, server } = choice;
  return { ...server, backend, passedOver, keepsTables: backend === 'endpoint' || dataDirectory !== undefined };
}
