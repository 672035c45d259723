import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Stub {
  readonly endpoint: string;
  stop(): void;
}

/** Starts the stub in front of a DynamoDB. It ends by `stop`, and with this process. */
export function startStub(dynamodb: string): Promise<Stub> {
  return start('./server.js', [dynamodb]);
}

/** Starts the stub of an event bus. It ends by `stop`, and with this process. */
export function startBusStub(): Promise<Stub> {
  return start('./bus-server.js', []);
}

async function start(script: string, argv: readonly string[]): Promise<Stub> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), argv, { execArgv: [] });
  const [port] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The stub ended with code ${code} before it listened.`);
    }),
  ]);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => child.disconnect(),
  };
}
