import { spawn } from 'node:child_process';

/**
 * Runs a command line without showing anything.
 *
 * @param {string} line
 * @returns {Promise<{ failed: boolean, output: string }>}
 */
export function run(line) {
  const child = spawn(line, {
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ failed: code !== 0, output })));
}
