import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built commands: `npm test` builds before it tests. */
const COMMANDS = new URL('../../dist/cli/', import.meta.url);

/** What a command came to. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command at work, with tables and a working directory of its own. */
export interface RunningCommand {
  readonly ended: Promise<Ended>;
  /** Resolves with the match once standard output has it. */
  outputs(pattern: RegExp): Promise<RegExpExecArray>;
  interrupt(): void;
}

let runs = 0;

/** Starts a command as a user would, in a pipe. */
export function runCommand(
  name: 'start' | 'orders' | 'cost',
  args: readonly string[],
  environment: Record<string, string | undefined> = {},
): RunningCommand {
  const run = `${process.pid}-${++runs}`;
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.js`, COMMANDS)), ...args], {
    cwd: mkdtempSync(join(tmpdir(), 'everfold-')),
    env: {
      ...process.env,
      // The server that all tests share, however it was come by.
      EVERFOLD_DYNAMODB: undefined,
      EVENTS_TABLE: `events-${run}`,
      READ_MODELS_TABLE: `read-models-${run}`,
      BOOKS_TABLE: `books-${run}`,
      CONNECTIONS_TABLE: `connections-${run}`,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, ...output })));
  return {
    ended,
    outputs: (pattern) => waitFor(child, ended, () => pattern.exec(output.stdout)),
    interrupt: () => child.kill('SIGINT'),
  };
}

async function waitFor(
  child: ChildProcess,
  ended: Promise<Ended>,
  find: () => RegExpExecArray | null,
): Promise<RegExpExecArray> {
  const found = new Promise<RegExpExecArray>((resolve) => {
    const look = () => {
      const match = find();
      if (match) resolve(match);
    };
    child.stdout?.on('data', look);
    look();
  });
  const inVain = ended.then(({ stdout, stderr }): never => {
    throw new Error(`The command ended without it.\n${stdout}\n${stderr}`);
  });
  return Promise.race([found, inVain]);
}
