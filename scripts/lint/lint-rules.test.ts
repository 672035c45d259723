import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrows, ports, type Rule, style, types } from './cases.ts';

/* Biome reads the project's own configuration, in a folder of its own, once for all cases. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const rules = [...arrows, ...ports, ...types, ...style];
const scratch = mkdtempSync(join(tmpdir(), 'everfold-lint-'));
let findings: readonly Finding[];

interface Finding {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}

/** A file for the code of one case: the same folder and ending, a name nobody else has. */
function fileOf(rule: Rule, kind: 'refuses' | 'passes'): string {
  const file = kind === 'passes' ? (rule.passesIn ?? rule.file) : rule.file;
  return join(dirname(file), `${kind}-${rules.indexOf(rule)}-${file.slice(file.lastIndexOf('/') + 1)}`);
}

function findingsIn(rule: Rule, kind: 'refuses' | 'passes'): string[] {
  const file = fileOf(rule, kind);
  return findings
    .filter(({ location }) => location.path.endsWith(file))
    .map(({ category, message }) => `${category}: ${message}`);
}

beforeAll(() => {
  cpSync(join(root, 'biome.json'), join(scratch, 'biome.json'));
  cpSync(join(root, 'scripts/lint'), join(scratch, 'scripts/lint'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  for (const rule of rules) {
    for (const kind of ['refuses', 'passes'] as const) {
      const file = join(scratch, fileOf(rule, kind));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${rule[kind]}\n`);
    }
  }
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: scratch,
    encoding: 'utf8',
  });
  findings = JSON.parse(stdout).diagnostics;
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each([
  ['an arrow', arrows],
  ['a port', ports],
  ['a type', types],
  ['the style', style],
])('%s that is broken', (_, broken) => {
  test.each(broken)('is refused: $rule', (rule) => {
    expect(findingsIn(rule, 'refuses').join('\n')).toContain(rule.says);
  });

  test.each(broken)('is told from its neighbour: $rule', (rule) => {
    expect(findingsIn(rule, 'passes')).toEqual([]);
  });
});
