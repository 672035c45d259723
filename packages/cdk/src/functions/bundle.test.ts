import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition, LeavesOut } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from './bundle.js';

const without = (lamps: boolean, chairs: boolean): LeavesOut => ({
  EVERFOLD_WITHOUT_LAMPS: lamps,
  EVERFOLD_WITHOUT_CHAIRS: chairs,
});

const fn = (name: string, leavesOut?: LeavesOut): FunctionDefinition => ({
  name,
  entry: new URL('./parts.test.fixture.js', import.meta.url),
  trigger: { kind: 'stream' },
  ...(leavesOut && { leavesOut }),
});

const bundle = (...functions: readonly FunctionDefinition[]) =>
  bundleFunctions(functions, { directory: mkdtempSync(join(tmpdir(), 'everfold-bundle-')) });

describe('a bundle', () => {
  it('has everything, but for what its function does without', () => {
    const bundles = bundle(
      fn('all'),
      fn('no-lamps', without(true, false)),
      fn('no-chairs', without(false, true)),
      fn('none', without(true, true)),
    );

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
    const both = { EVERFOLD_WITHOUT_CHAIRS: true, EVERFOLD_WITHOUT_LAMPS: true };
    const together = bundle(fn('a', without(true, false)), fn('b', without(true, true)), fn('c', both), fn('d'));
    const alone = bundle(fn('c', without(true, true)));

    expect(together.get('c')?.hash).toBe(alone.get('c')?.hash);
    expect(together.get('b')?.hash).toBe(alone.get('c')?.hash);
    expect(together.get('a')?.hash).not.toBe(alone.get('c')?.hash);
  });

  it('does not ask at run time for what it has', () => {
    const code = (leavesOut: LeavesOut) => {
      const directory = bundle(fn('a', leavesOut)).get('a')?.directory ?? '';
      return readFileSync(join(directory, 'index.mjs'), 'utf8');
    };

    expect(code(without(false, false))).toContain('a lamp');
    expect(code(without(false, false))).not.toContain('typeof');
    expect(code({})).toContain('typeof EVERFOLD_WITHOUT_LAMPS');
  });
});
