/** A rule of the house: code that it refuses, in a file where it holds, and the nearest code that it lets pass. */
export interface Rule {
  readonly rule: string;
  /** What the refusal says, or the name of the Biome rule that refuses. */
  readonly says: string;
  readonly file: string;
  readonly refuses: string;
  readonly passes: string;
  /** Where the passing code stands, if not in the same file. */
  readonly passesIn?: string;
}

const core = 'packages/core/src/case.ts';
const store = 'packages/dynamodb-store/src/case.ts';
const projections = 'packages/projections/src/case.ts';
const eventbridge = 'packages/eventbridge/src/case.ts';
const saga = 'packages/saga/src/case.ts';
const local = 'packages/local/src/case.ts';
const sample = 'samples/order-service/src/case.ts';
const coreTest = 'packages/core/src/case.test.ts';

const from = (source: string) => `export { x } from '${source}';`;
const importing = (name: string, source: string) => `import { ${name} } from '${source}';\nexport const y = x;`;

export const arrows: readonly Rule[] = [
  {
    rule: 'core imports no other package',
    says: '`core` may not import `dynamodb-store`',
    file: core,
    refuses: from('@everfold/dynamodb-store'),
    passes: from('@everfold/core'),
    passesIn: store,
  },
  {
    rule: 'dynamodb-store imports nothing that is built on it',
    says: '`dynamodb-store` may not import `projections`',
    file: store,
    refuses: from('@everfold/projections'),
    passes: from('@everfold/dynamodb-store'),
    passesIn: projections,
  },
  {
    rule: 'projections does not import eventbridge',
    says: '`projections` may not import `eventbridge`',
    file: projections,
    refuses: from('@everfold/eventbridge'),
    passes: from('@everfold/eventbridge'),
    passesIn: saga,
  },
  {
    rule: 'eventbridge does not import projections',
    says: '`eventbridge` may not import `projections`',
    file: eventbridge,
    refuses: from('@everfold/projections'),
    passes: from('@everfold/projections'),
    passesIn: saga,
  },
  {
    rule: 'eventbridge does not import saga',
    says: '`eventbridge` may not import `saga`',
    file: eventbridge,
    refuses: from('@everfold/saga'),
    passes: from('@everfold/dynamodb-store'),
  },
  {
    rule: 'no package imports a host',
    says: '`saga` may not import `local`',
    file: saga,
    refuses: from('@everfold/local'),
    passes: from('@everfold/saga'),
    passesIn: local,
  },
  {
    rule: 'no host imports another host',
    says: '`local` may not import `cdk`',
    file: local,
    refuses: from('@everfold/cdk'),
    passes: from('@everfold/cdk'),
    passesIn: sample,
  },
  {
    rule: 'no package imports a sample',
    says: '`local` may not import `order-service`',
    file: local,
    refuses: from('@everfold/order-service'),
    passes: from('@everfold/eventbridge'),
  },
  {
    rule: 'a package that is not in the list imports none',
    says: '`newcomer` may not import `core`',
    file: 'packages/newcomer/src/case.ts',
    refuses: from('@everfold/core'),
    passes: from('hono'),
  },
  {
    rule: 'a package whose name only begins like one in the list imports none',
    says: '`local-tools` may not import `core`',
    file: 'packages/local-tools/src/case.ts',
    refuses: from('@everfold/core'),
    passes: from('@everfold/core'),
    passesIn: local,
  },
  {
    rule: 'the arrows hold in tests',
    says: '`core` may not import `dynamodb-store`',
    file: coreTest,
    refuses: from('@everfold/dynamodb-store'),
    passes: from('vitest'),
  },
  {
    rule: 'the arrows hold for subpaths',
    says: '`core` may not import `projections`',
    file: core,
    refuses: from('@everfold/projections/testing'),
    passes: from('@everfold/core/testing'),
    passesIn: store,
  },
  {
    rule: 'the arrows hold for types',
    says: '`core` may not import `saga`',
    file: core,
    refuses: `export type { X } from '@everfold/saga';`,
    passes: `export type { X } from '@everfold/core';`,
    passesIn: saga,
  },
  {
    rule: 'the arrows hold for types named in place',
    says: '`core` may not import `saga`',
    file: core,
    refuses: `export type X = import('@everfold/saga').X;`,
    passes: `export type X = import('@everfold/core').X;`,
    passesIn: saga,
  },
  {
    rule: 'the arrows hold for dynamic imports',
    says: '`core` may not import `local`',
    file: core,
    refuses: `export const x = () => import('@everfold/local');`,
    passes: `export const x = () => import('@everfold/local');`,
    passesIn: sample,
  },
  {
    rule: 'core imports no AWS client',
    says: '`core` may not import from AWS',
    file: core,
    refuses: from('@aws-sdk/client-dynamodb'),
    passes: from('@aws-sdk/client-dynamodb'),
    passesIn: store,
  },
  {
    rule: 'core imports no Lambda types',
    says: '`core` may not import from AWS',
    file: core,
    refuses: `export type { SQSEvent } from 'aws-lambda';`,
    passes: `export type { SQSEvent } from 'aws-lambda';`,
    passesIn: projections,
  },
  {
    rule: 'nothing reaches into the sources of a package',
    says: 'Import what `@everfold/core` exports',
    file: sample,
    refuses: from('@everfold/core/src/errors.js'),
    passes: from('@everfold/core/testing'),
  },
  {
    rule: 'nothing reaches into the build of a package',
    says: 'Import what `@everfold/core` exports',
    file: store,
    refuses: from('@everfold/core/dist/errors.js'),
    passes: from('@everfold/core'),
  },
  {
    rule: 'no relative import climbs out of src',
    says: 'climbs out of its own `src`',
    file: saga,
    refuses: from('../../core/src/errors.js'),
    passes: from('./errors.js'),
  },
  {
    rule: 'no relative import climbs out of src from a folder in it',
    says: 'climbs out of its own `src`',
    file: 'samples/order-service/src/cli/case.ts',
    refuses: from('../../../../packages/core/src/errors.js'),
    passes: from('../functions.js'),
  },
  {
    rule: 'no relative import climbs out of src from two folders down',
    says: 'climbs out of its own `src`',
    file: 'packages/core/src/testing/contract/case.ts',
    refuses: from('../../../../saga/src/index.js'),
    passes: from('../../index.js'),
  },
];

const machine = { says: 'takes time, chance or a timer from the machine', file: core };

export const ports: readonly Rule[] = [
  { ...machine, rule: 'Date.now', refuses: 'export const x = Date.now();', passes: 'export const x = Date.UTC(2026);' },
  {
    ...machine,
    rule: 'Date.now as a value',
    refuses: 'export const x = [Date.now];',
    passes: 'export const x = [Date.UTC];',
  },
  { ...machine, rule: 'new Date()', refuses: 'export const x = new Date();', passes: 'export const x = new Date(0);' },
  { ...machine, rule: 'Date()', refuses: 'export const x = Date();', passes: 'export const x = Date;' },
  {
    ...machine,
    rule: 'Math.random',
    refuses: 'export const x = Math.random();',
    passes: 'export const x = Math.sqrt(2);',
  },
  { ...machine, rule: 'setTimeout', refuses: 'setTimeout(() => 1, 5);', passes: 'clearTimeout(5);' },
  { ...machine, rule: 'setInterval', refuses: 'setInterval(() => 1, 5);', passes: 'clearInterval(5);' },
  { ...machine, rule: 'setImmediate', refuses: 'setImmediate(() => 1);', passes: 'queueMicrotask(() => 1);' },
  {
    ...machine,
    rule: 'globalThis.setTimeout',
    refuses: 'globalThis.setTimeout(() => 1);',
    passes: 'globalThis.clearTimeout(5);',
  },
  {
    ...machine,
    rule: 'performance.now',
    refuses: 'export const x = performance.now();',
    passes: 'export const x = { now: 1 }.now;',
  },
  {
    ...machine,
    rule: 'process.hrtime',
    refuses: 'export const x = process.hrtime();',
    passes: 'export const x = process.cwd();',
  },
  {
    ...machine,
    rule: 'AbortSignal.timeout',
    refuses: 'export const x = AbortSignal.timeout(5);',
    passes: 'export const x = AbortSignal.abort();',
  },
  {
    ...machine,
    rule: 'crypto.randomUUID',
    refuses: 'export const x = crypto.randomUUID();',
    passes: 'export const x = crypto.subtle;',
  },
  {
    ...machine,
    rule: 'randomBytes',
    refuses: importing('randomBytes as x', 'node:crypto'),
    passes: importing('createHash as x', 'node:crypto'),
  },
  {
    ...machine,
    rule: 'a ULID of the moment',
    refuses: importing('ulid as x', 'ulid'),
    passes: importing('decodeTime as x', 'ulid'),
  },
  {
    ...machine,
    rule: 'node:timers/promises',
    refuses: from('node:timers/promises'),
    passes: from('node:stream/promises'),
  },
  {
    ...machine,
    rule: 'not a name that only begins alike',
    refuses: 'export const x = Math.random;',
    passes: 'export const x = Math.randomize;',
  },
  { ...machine, rule: 'node:perf_hooks', refuses: from('node:perf_hooks'), passes: from('node:path') },
  {
    ...machine,
    rule: 'the clock in code for tests',
    file: 'packages/core/src/testing/case.ts',
    refuses: 'export const x = Date.now();',
    passes: 'export const x = Date.now();',
    passesIn: coreTest,
  },
  {
    ...machine,
    rule: 'the clock in a package',
    refuses: 'export const x = Date.now();',
    passes: 'export const x = Date.now();',
    passesIn: sample,
  },
];

const cast = { says: 'This cast silences the compiler', file: core };

export const types: readonly Rule[] = [
  {
    ...cast,
    rule: 'as any',
    refuses: 'export const x = JSON.parse("1") as any;',
    passes: 'export const x = JSON.parse("1") as unknown;',
  },
  {
    ...cast,
    rule: 'as unknown as',
    refuses: 'export const x = "1" as unknown as number;',
    passes: 'export const x = "1" as const;',
  },
];

export const style: readonly Rule[] = [
  {
    rule: 'any',
    says: 'lint/suspicious/noExplicitAny',
    file: core,
    refuses: 'export const x: any = 1;',
    passes: 'export const x: unknown = 1;',
  },
  {
    rule: 'non-null assertion',
    says: 'lint/style/noNonNullAssertion',
    file: core,
    refuses: 'export const x = (y?: number) => y!;',
    passes: 'export const x = (y?: number) => y ?? 0;',
  },
  {
    rule: 'default export',
    says: 'lint/style/noDefaultExport',
    file: core,
    refuses: 'export default 1;',
    passes: 'export default 1;',
    passesIn: 'case.config.ts',
  },
  {
    rule: 'enum',
    says: 'lint/style/noEnum',
    file: core,
    refuses: 'export enum X { A = 1 }',
    passes: 'export const X = { A: 1 } as const;',
  },
  {
    rule: 'export everything',
    says: 'lint/performance/noReExportAll',
    file: core,
    refuses: `export * from './x.js';`,
    passes: from('./x.js'),
  },
  {
    rule: 'import of a type as a value',
    says: 'lint/style/useImportType',
    file: core,
    refuses: `import { X } from './x.js';\nexport type Y = X[];`,
    passes: `import type { X } from './x.js';\nexport type Y = X[];`,
  },
  {
    rule: 'unused import',
    says: 'lint/correctness/noUnusedImports',
    file: core,
    refuses: `import { x } from './x.js';`,
    passes: `import './x.js';`,
  },
  {
    rule: 'unused variable',
    says: 'lint/correctness/noUnusedVariables',
    file: core,
    refuses: 'const x = 1;',
    passes: 'export const x = 1;',
  },
  {
    rule: 'console in a package',
    says: 'lint/suspicious/noConsole',
    file: core,
    refuses: 'console.log(1);',
    passes: 'console.log(1);',
    passesIn: sample,
  },
  {
    rule: 'promise nobody waits for',
    says: 'lint/nursery/noFloatingPromises',
    file: core,
    refuses: 'const f = async () => 1;\nf();',
    passes: 'const f = async () => 1;\nawait f();',
  },
  {
    rule: 'promise as a condition',
    says: 'lint/nursery/noMisusedPromises',
    file: core,
    refuses: 'const f = async () => 1;\nexport const x = f() ? 1 : 2;',
    passes: 'const f = async () => 1;\nexport const x = (await f()) ? 1 : 2;',
  },
  {
    rule: 'forgotten case of a union',
    says: 'lint/nursery/useExhaustiveSwitchCases',
    file: core,
    refuses: `export function x(y: 'a' | 'b') {\n  switch (y) {\n    case 'a':\n      return 1;\n  }\n}`,
    passes: `export function x(y: 'a' | 'b') {\n  switch (y) {\n    case 'a':\n      return 1;\n    case 'b':\n      return 2;\n  }\n}`,
  },
  {
    rule: 'file name',
    says: 'lint/style/useFilenamingConvention',
    file: 'packages/core/src/eventStore.ts',
    refuses: 'export const x = 1;',
    passes: 'export const x = 1;',
    passesIn: 'packages/core/src/event-store.ts',
  },
  {
    rule: 'focused test',
    says: 'lint/suspicious/noFocusedTests',
    file: coreTest,
    refuses: `import { test } from 'vitest';\ntest.only('x', () => {});`,
    passes: `import { test } from 'vitest';\ntest('x', () => {});`,
  },
  {
    rule: 'skipped test',
    says: 'lint/suspicious/noSkippedTests',
    file: coreTest,
    refuses: `import { test } from 'vitest';\ntest.skip('x', () => {});`,
    passes: `import { test } from 'vitest';\ntest('x', () => {});`,
  },
];
