import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileSamples, ROOT, removeSamples, type Sample } from './compile-samples.js';

const PACKAGES = readdirSync(join(ROOT, 'packages'));

/** Where an example may take a name from, the first that has it. */
const SOURCES = [
  ...PACKAGES.map((name) => [`@everfold/${name}`, exportsOf(`packages/${name}/src/index.ts`)] as const),
  ...PACKAGES.filter(hasTesting).map(
    (name) => [`@everfold/${name}/testing`, exportsOf(`packages/${name}/src/testing/index.ts`)] as const,
  ),
  ['@aws-sdk/client-dynamodb', new Set(['CreateTableCommand', 'DynamoDBClient', 'UpdateTimeToLiveCommand'])] as const,
  ['@aws-sdk/client-dynamodb-streams', new Set(['DynamoDBStreamsClient'])] as const,
  ['vitest', new Set(['afterAll'])] as const,
  ['zod', new Set(['z'])] as const,
  [join(ROOT, 'scripts/docs/context.js'), exportsOf('scripts/docs/context.ts')] as const,
] as const;

function hasTesting(name: string): boolean {
  return existsSync(join(ROOT, 'packages', name, 'src/testing/index.ts'));
}

function exportsOf(file: string): Set<string> {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  const declared = [...text.matchAll(/^export (?:const|function|interface|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  return new Set(
    [...listed.map((name) => name.trim().replace(/^type /, '')), ...declared].filter((name) => name !== ''),
  );
}

function examplesOf(file: string): Sample[] {
  const blocks = readFileSync(join(ROOT, file), 'utf8').matchAll(/@example\n \* ```ts\n(.*?) \* ```/gs);
  return [...blocks].map(([, block = ''], index) => ({
    name: `${file.replaceAll(/\W+/g, '-')}-${index + 1}`,
    code: toModule(block.replaceAll(/^ \* ?/gm, '')),
  }));
}

/** An example as a module: what it uses and does not declare is imported. */
function toModule(example: string): string {
  const declared = new Set(
    [...example.matchAll(/\b(?:const|let|import) (?:\{([^}]*)\}|\[([^\]]*)\]|(\w+))/g)].flatMap(([, ...names]) =>
      names
        .join(',')
        .split(',')
        .map((name) => name.trim()),
    ),
  );
  const used = new Set(example.replaceAll(/'[^']*'/g, '').match(/(?<!\w|[^.]\.)[A-Za-z]\w*/g));
  const imports = SOURCES.flatMap(([source, names], place) => {
    const wanted = [...used].filter(
      (name) =>
        names.has(name) && !declared.has(name) && !SOURCES.slice(0, place).some(([, earlier]) => earlier.has(name)),
    );
    return wanted.length === 0 ? [] : [`import { ${wanted.join(', ')} } from '${source}';`];
  });
  const own = example.match(/^import .*\n/gm) ?? [];
  const rest = example.replaceAll(/^import .*\n/gm, '');
  const body = rest.includes('export const') ? rest : `export async function example() {\n${rest}}\n`;
  return [...imports, ...own, body].join('\n');
}

const files = PACKAGES.flatMap((name) =>
  readdirSync(join(ROOT, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test|\.test-d|\.fixture)\.ts$/.test(file))
    .map((file) => join('packages', name, 'src', file)),
);

describe('the examples in docstrings', () => {
  afterAll(() => removeSamples('examples'));

  it('compile', () => {
    const examples = files.flatMap(examplesOf);

    expect(examples.length).toBeGreaterThan(30);
    expect(compileSamples('examples', examples)).toBe('');
  });
});
