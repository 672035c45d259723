import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A piece of code out of the documentation. */
export interface Sample {
  readonly name: string;
  readonly code: string;
}

/**
 * Compiles samples against the packages' sources, inside the workspace, so that they find them.
 *
 * @param group - Names the directory that they are written to.
 * @returns What the compiler has to say: nothing, if all is well.
 */
export function compileSamples(group: string, samples: readonly Sample[]): string {
  const directory = directoryOf(group);
  removeSamples(group);
  mkdirSync(directory, { recursive: true });
  for (const { name, code } of samples) writeFileSync(join(directory, `${name}.ts`), code);
  const config = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      composite: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noImplicitReturns: false,
      verbatimModuleSyntax: false,
      customConditions: ['@everfold/source'],
    },
    include: ['*.ts'],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  try {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return execFileSync(process.execPath, [tsc, '-p', directory], { encoding: 'utf8' });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}

export function removeSamples(group: string): void {
  rmSync(directoryOf(group), { recursive: true, force: true });
}

function directoryOf(group: string): string {
  return join(ROOT, '.everfold', group);
}
