import { spawn } from 'node:child_process';

/**
 * @typedef {object} Started
 * @property {() => { stdout: string, stderr: string }} output What it has printed so far.
 * @property {() => number} age Milliseconds since it was started.
 * @property {Promise<number | NodeJS.Signals | null>} ended How it ended: its status, or the signal that killed it.
 * @property {() => boolean} isGone
 * @property {(signal: NodeJS.Signals) => void} kill
 */

/**
 * Starts a script of this repository.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Started}
 */
export function start(args, options) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const begin = performance.now();
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  let isGone = false;
  const ended = new Promise((resolve) => {
    child.on('close', (status, signal) => {
      isGone = true;
      resolve(status ?? signal);
    });
  });
  return {
    output: () => output,
    age: () => performance.now() - begin,
    ended,
    isGone: () => isGone,
    kill: (signal) => child.kill(signal),
  };
}
