import type { Clock } from '@everfold/core';

/** A DynamoDB that answers. */
export interface Server {
  /** Its URL. */
  readonly endpoint: string;
  /** Ends what was started for it, and resolves once it is gone; an endpoint that ran before is left running. */
  stop(): Promise<void>;
}

/** What a launcher of a server needs to know. */
export interface Launch {
  readonly clock: Clock;
  /** Where the tables are kept between starts, absolute; without it they are kept in memory. */
  readonly dataDirectory?: string | undefined;
  /** The port to listen on; without it, any free one. */
  readonly port?: number | undefined;
}

/** How long a server may take from its start to its first answer, milliseconds. */
export const STARTUP_TIMEOUT_MS = 60_000;

/** DynamoDB Local's command line, as far as every way to run it shares it. */
export function toLocalArguments(port: number, dataDirectory: string | undefined): string[] {
  const storage = dataDirectory === undefined ? ['-inMemory'] : ['-dbPath', dataDirectory];
  return [
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    ...storage,
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    String(port),
  ];
}
