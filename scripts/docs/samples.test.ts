import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the workspace, so that the samples find the packages. */
const SAMPLES = join(ROOT, '.everfold', 'doc-samples');

interface Sample {
  readonly name: string;
  readonly code: string;
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((page) => join('docs', page));
  return ['README.md', ...docs].filter((page) => page.endsWith('.md'));
}

function samplesOf(page: string): Sample[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map(([, code = ''], index) => ({ name: `${page.replaceAll(/\W/g, '-')}-${index + 1}`, code }));
}

const samples = pages().flatMap(samplesOf);

beforeAll(() => {
  rmSync(SAMPLES, { recursive: true, force: true });
  mkdirSync(SAMPLES, { recursive: true });
  for (const { name, code } of samples) writeFileSync(join(SAMPLES, `${name}.mts`), code);
});

afterAll(() => rmSync(SAMPLES, { recursive: true, force: true }));

describe('the samples in the documentation', () => {
  it('are there', () => {
    expect(samples.map(({ name }) => name)).toContain('README-md-1');
  });

  it('compile', () => {
    const config = {
      extends: join(ROOT, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: true,
        composite: false,
        noUnusedLocals: false,
        customConditions: ['@everfold/source'],
      },
      include: ['*.mts'],
    };
    writeFileSync(join(SAMPLES, 'tsconfig.json'), JSON.stringify(config));

    expect(compile()).toBe('');
  });

  it('print what they say', () => {
    const [first] = samples;

    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', withoutTypes(first?.code ?? '')], {
      cwd: ROOT,
      encoding: 'utf8',
    });

    expect(printed).toBe('300 2\n');
  });
});

/** @returns What the compiler has to say. */
function compile(): string {
  try {
    return execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', SAMPLES], {
      encoding: 'utf8',
    });
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout);
  }
}

/** The first sample has no more types than these. */
function withoutTypes(code: string): string {
  return code.replaceAll(/: number(?=\))/g, '');
}
