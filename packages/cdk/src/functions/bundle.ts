import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionDefinition } from '@everfold/core';
import { buildSync, type Metafile } from 'esbuild';

/** The code of a function, as Lambda gets it. */
export interface Bundle {
  /** Has `index.mjs`, whose export `handler` is the Lambda handler, and its source map. */
  readonly directory: string;
  /** SHA-256 of the code: the same code is not deployed again. */
  readonly hash: string;
  readonly bytes: BundleBytes;
}

/** What is in a bundle, minified, bytes. */
export interface BundleBytes {
  /** The service's code, and Everfold's. */
  readonly own: number;
  readonly awsSdk: number;
  readonly libraries: number;
}

export interface BundlingOptions {
  /** Where the bundles are written to, each into a directory of its function's name. */
  readonly directory: string;
  /** Conditions of package exports that are met beside those of Node, such as one for sources. Default: none. */
  readonly conditions?: readonly string[];
  /**
   * Whether something makes spans where the functions run. If not, `@everfold/core/opentelemetry` does nothing in the bundles, and takes no
   * room: 6 KB of Everfold and 9 KB of OpenTelemetry's API. Default true.
   */
  readonly isTraced?: boolean;
}

/** Libraries call `require`, which an ES module does not have. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * The rules of the functions are derived from the definitions of the sagas, so these were checked when `functions` was made: what checks
 * them stays out.
 */
const CHECKED = { EVERFOLD_CHECKED: 'true' };

/**
 * Bundles each function with everything that it needs, AWS SDK included: what was tested is what runs, and what of it is not
 * used stays out, and so does what the function says that it does without. Lambda's own copy of the SDK is another version, and slower to
 * load.
 *
 * Those that do without the same are built in one go by esbuild itself: that takes neither Docker nor a network, and the SDK is parsed
 * once for all of them.
 * A function behind a rule gets its events from a queue; see {@link queued}.
 *
 * @returns The bundle of each function, by its name.
 */
export function bundleFunctions(
  functions: readonly FunctionDefinition[],
  { directory: given, conditions = [], isTraced = true }: BundlingOptions,
): ReadonlyMap<string, Bundle> {
  if (functions.length === 0) return new Map();
  // The command line of CDK gives a relative one, and esbuild takes none.
  const directory = resolve(given);
  const shells = join(directory, 'shells');
  mkdirSync(shells, { recursive: true });
  const met = [...(isTraced ? [] : ['@everfold/untraced']), ...conditions];
  return new Map(alike(functions).flatMap((group) => bundleAlike(group, { directory, conditions: met }, shells)));
}

/** Functions that do without the same, and the constants that say so. */
interface Alike {
  readonly constants: Readonly<Record<string, string>>;
  readonly functions: readonly FunctionDefinition[];
}

function alike(functions: readonly FunctionDefinition[]): readonly Alike[] {
  const groups = new Map<string, Alike>();
  for (const definition of functions) {
    const constants = constantsOf(definition);
    const group = JSON.stringify(constants);
    groups.set(group, { constants, functions: [...(groups.get(group)?.functions ?? []), definition] });
  }
  return [...groups.values()];
}

/** The constants that are defined in a function's bundle: what it does not do without is not asked for at run time. */
function constantsOf({ leavesOut = {} }: FunctionDefinition): Readonly<Record<string, string>> {
  const parts = Object.entries(leavesOut).map(([name, isLeftOut]) => [name, isLeftOut ? 'true' : 'undefined']);
  return Object.fromEntries([...Object.entries(CHECKED), ...parts].sort());
}

function bundleAlike(
  { constants, functions }: Alike,
  { directory, conditions }: Required<Omit<BundlingOptions, 'isTraced'>>,
  shells: string,
): readonly (readonly [string, Bundle])[] {
  const { outputFiles, metafile } = buildSync({
    entryPoints: functions.map((definition) => ({
      in: entryOf(definition, shells),
      out: join(definition.name, 'index'),
    })),
    absWorkingDir: directory,
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: REQUIRE },
    // The SDK's CommonJS cannot be shaken.
    mainFields: ['module', 'main'],
    // Named, for esbuild leaves it out where others are given: without it, the SDK comes as CommonJS, which cannot be shaken.
    conditions: ['module', ...conditions],
    define: constants,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  const written = new Map(outputFiles.map((file) => [file.path, file]));
  return functions.map(({ name }) => {
    const code = join(name, 'index.mjs');
    mkdirSync(join(directory, name), { recursive: true });
    for (const path of [code, `${code}.map`]) {
      const absolute = join(directory, path);
      writeFileSync(absolute, written.get(absolute)?.contents ?? '');
    }
    const hash = createHash('sha256').update(written.get(join(directory, code))?.contents ?? '');
    return [name, { directory: join(directory, name), hash: hash.digest('hex'), bytes: bytesOf(metafile, code) }];
  });
}

/** The module that Lambda is to load: the function's own, or a shell around it. */
function entryOf({ name, entry, trigger }: FunctionDefinition, shells: string): string {
  const own = sourceOf(fileURLToPath(entry));
  if (trigger.kind !== 'bus' && trigger.kind !== 'timer') return own;
  const shell = join(shells, `${name}.mjs`);
  const queue = sourceOf(fileURLToPath(new URL('./queued.js', import.meta.url)));
  writeFileSync(
    shell,
    [
      `import { handler as answer } from ${JSON.stringify(own)};`,
      `import { queued } from ${JSON.stringify(queue)};`,
      'export const handler = queued(answer);\n',
    ].join('\n'),
  );
  return shell;
}

/** A module that is not built yet is bundled from its source. */
function sourceOf(file: string): string {
  const source = file.replace(/\.js$/, '.ts');
  return existsSync(file) || !existsSync(source) ? file : source;
}

function bytesOf({ outputs }: Metafile, code: string): BundleBytes {
  const bytes = { own: 0, awsSdk: 0, libraries: 0 };
  for (const [path, { bytesInOutput }] of Object.entries(outputs[code]?.inputs ?? {})) {
    bytes[ownerOf(path)] += bytesInOutput;
  }
  return bytes;
}

function ownerOf(path: string): keyof BundleBytes {
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
  if (library === undefined || library.startsWith('@everfold/')) return 'own';
  return /^(?:@aws-sdk|@aws-crypto|@aws|@smithy)\//.test(library) ? 'awsSdk' : 'libraries';
}
