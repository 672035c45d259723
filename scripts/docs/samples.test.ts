import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileSamples, ROOT, removeSamples, type Sample } from './compile-samples.js';

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((page) => join('docs', page));
  return ['README.md', ...docs].filter((page) => page.endsWith('.md'));
}

function samplesOf(page: string): Sample[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  // A sample that begins with its file's name can be imported by the others.
  return [...blocks].map(([, code = ''], index) => ({
    name: code.match(/^\/\/ ([\w-]+)\.ts\n/)?.[1] ?? `${page.replaceAll(/\W/g, '-')}-${index + 1}`,
    code,
  }));
}

describe('the samples in the documentation', () => {
  const samples = pages().flatMap(samplesOf);

  afterAll(() => removeSamples('doc-samples'));

  it('compile', () => {
    expect(samples.length).toBeGreaterThan(2);
    expect(compileSamples('doc-samples', samples)).toBe('');
  });

  it('print what they say', () => {
    // The first one runs as it stands, but for its types.
    const code = samples[0]?.code.replaceAll(/: number(?=\))/g, '') ?? '';

    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: ROOT,
      encoding: 'utf8',
    });

    expect(printed).toBe('300 2\n');
  });
});
