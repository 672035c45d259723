import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a host has left on the bus, as its journal says.
 *
 * @param {string} directory Where the host ran.
 * @returns {{ deliveries: number, isTorn: boolean }}
 */
export function underWay(directory) {
  const state = join(directory, '.everfold', 'state');
  const [home] = existsSync(state) ? readdirSync(state) : [];
  const path = join(state, home ?? '', 'bus.jsonl');
  if (home === undefined || !existsSync(path)) return { deliveries: 0, isTorn: false };

  const lines = readFileSync(path, 'utf8').split('\n');
  const torn = lines.pop();
  const open = new Set();
  for (const line of lines) {
    const entry = JSON.parse(line);
    if ('finished' in entry) open.delete(entry.finished);
    else for (const index of entry.for.keys()) open.add(entry.id + index);
  }
  return { deliveries: open.size, isTorn: torn !== '' };
}
