import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition, LeftOut } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from './bundle.js';

const LAMPS = 'EVERFOLD_WITHOUT_LAMPS';
const CHAIRS = 'EVERFOLD_WITHOUT_CHAIRS';

const fn = (name: string, leavesOut?: readonly LeftOut[]): FunctionDefinition => ({
  name,
  entry: new URL('./parts.test.fixture.js', import.meta.url),
  trigger: { kind: 'stream' },
  ...(leavesOut && { leavesOut }),
});

const bundle = (...functions: readonly FunctionDefinition[]) =>
  bundleFunctions(functions, { directory: mkdtempSync(join(tmpdir(), 'everfold-bundle-')) });

describe('a bundle', () => {
  it('has everything, but for what its function does without', () => {
    const bundles = bundle(fn('all'), fn('no-lamps', [LAMPS]), fn('no-chairs', [CHAIRS]), fn('none', [CHAIRS, LAMPS]));

    const parts = [...bundles].map(([name, { directory }]) => {
      const code = readFileSync(join(directory, 'index.mjs'), 'utf8');
      return [name, ['a lamp', 'a chair'].filter((part) => code.includes(part))];
    });
    expect(parts).toEqual([
      ['all', ['a lamp', 'a chair']],
      ['no-lamps', ['a chair']],
      ['no-chairs', ['a lamp']],
      ['none', []],
    ]);
  });

  it('is the same, whichever functions are bundled with it, and in whatever order it is said what it does without', () => {
    const together = bundle(fn('a', [LAMPS]), fn('b', [LAMPS, CHAIRS]), fn('c', [CHAIRS, LAMPS]), fn('d'));
    const alone = bundle(fn('c', [LAMPS, CHAIRS, LAMPS]));

    expect(together.get('c')?.hash).toBe(alone.get('c')?.hash);
    expect(together.get('b')?.hash).toBe(alone.get('c')?.hash);
    expect(together.get('a')?.hash).not.toBe(alone.get('c')?.hash);
  });
});
