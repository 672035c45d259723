import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '@everfold/core';

/** How much of what the process prints is kept for an error message, characters. */
const KEPT_OUTPUT = 4_000;

/** How long the process may take to end by itself, milliseconds. */
const PATIENCE_MS = 5_000;

/** A child process that does not outlive this one. */
export class JavaProcess {
  readonly #child: ChildProcess;
  /** Resolves once the process is gone. */
  readonly #ended: Promise<void>;
  #ending: string | undefined;
  readonly #watchdog: ChildProcess | undefined;
  #output = '';

  constructor(command: string, args: readonly string[], directory: string) {
    this.#child = spawn(command, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
      });
    }
    this.#watchdog = startWatchdog(this.#child.pid);
    process.once('exit', this.#kill);
    this.#ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ending ??= how;
        process.off('exit', this.#kill);
        this.#watchdog?.kill('SIGKILL');
        this.#watchdog?.stdin?.destroy();
        resolve();
      };
      this.#child.once('error', (error) => end(error.message));
      this.#child.once('close', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  /** How the process ended; `undefined` while it runs. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** What the process has printed last. */
  get output(): string {
    return this.#output.trim();
  }

  /** Asks the process to end, makes it end if it does not, and waits for that. */
  async stop(clock: Clock): Promise<void> {
    this.#child.kill('SIGTERM');
    const deadline = clock.now() + PATIENCE_MS;
    while (this.#ending === undefined && clock.now() < deadline) {
      await Promise.race([this.#ended, clock.sleep(50)]);
    }
    if (this.#ending === undefined) this.#kill();
    await this.#ended;
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };
}

/**
 * Kills the process should this one die without a chance to do so, as by SIGKILL: the watchdog's input then ends.
 * Windows has no `sh`; there, the process may be left behind in that case.
 */
function startWatchdog(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || process.platform === 'win32') return undefined;
  // In a group of its own, so that an interrupt from the keyboard does not end it first.
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$0" 2>/dev/null', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin?.on('error', () => undefined);
  return watchdog;
}
