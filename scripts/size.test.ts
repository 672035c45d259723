import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** An entry point as a Lambda bundle has it: minified, without the AWS SDK. */
async function bundled(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@everfold/source'],
    external: ['@aws-sdk/*'],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('Nothing was bundled.');
  return file.contents;
}

it('The store and the core that it needs are under 15 KB, minified and compressed', async () => {
  const code = await bundled('packages/dynamodb-store/src/index.ts');

  expect(gzipSync(code).length).toBeLessThan(15 * 1024);
});
