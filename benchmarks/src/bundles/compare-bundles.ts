import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundleFunctions } from '@everfold/cdk';
import { functions } from '@everfold/order-service/dist/functions.js';
import type { Timing } from '../measure.js';
import { median, rotated } from '../statistics.js';
import { bareFor, bareHandlers } from './bare-handlers.js';
import { type BundleResult, hasCompileCache, type ImportMode } from './results.js';

interface Subject {
  readonly name: string;
  readonly bare: string;
  readonly bundle: Bundle;
  readonly timings: Record<ImportMode, Timing[]>;
}

/** What functions ask for when they are loaded; nothing is sent. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  EVENTS_TABLE: 'events',
  READ_MODELS_TABLE: 'read-models',
  BOOKS_TABLE: 'books',
  CONNECTIONS_TABLE: 'connections',
  JWT_ISSUER: 'https://issuer.example.com',
  JWT_AUDIENCE: 'shop',
  BUS_NAME: 'orders',
  BUS_ARN: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
  TIMERS_ROLE_ARN: 'arn:aws:iam::123456789012:role/timers',
  TIMERS_GROUP: 'timers',
};

/**
 * Bundles every function of the order service as it is deployed unless a layer traces it, and bare handlers of the SDK by the same settings; then imports each of them in one
 * fresh process after the other, in rounds that begin with another one each time.
 */
export async function compareBundles(rounds: number, onProgress: (text: string) => void): Promise<BundleResult[]> {
  onProgress('bundling the functions');
  const directory = await mkdtemp(join(tmpdir(), 'everfold-bundles-'));
  try {
    const bundles = bundleFunctions([...functions, ...bareHandlers], { directory, isTraced: false });
    const bare = bareHandlers.map(({ name }) => ({ name, bare: name }));
    const own = functions.map(({ name, touches }) => ({ name, bare: `bare-${bareFor(touches)}` }));
    const subjects = [...bare, ...own].flatMap(({ name, bare }): Subject[] => {
      const bundle = bundles.get(name);
      return bundle === undefined ? [] : [{ name, bare, bundle, timings: { plain: [], cached: [] } }];
    });
    const cache = join(directory, 'compile-cache');
    for (let round = -1; round < rounds; round++) {
      for (const subject of rotated(subjects, round + 1)) {
        onProgress(`${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}: import of ${subject.name}`);
        const plain = await importOnce(subject);
        const cached = hasCompileCache ? await importOnce(subject, { NODE_COMPILE_CACHE: cache }) : undefined;
        if (round < 0) continue;
        subject.timings.plain.push(plain);
        if (cached !== undefined) subject.timings.cached.push(cached);
      }
    }
    return subjects.map(({ name, bare, bundle, timings }) => ({
      name,
      bare,
      bytes: bundle.bytes,
      plain: medianOf(timings.plain),
      ...(timings.cached.length > 0 && { cached: medianOf(timings.cached) }),
    }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function importOnce({ name, bundle }: Subject, more: Readonly<Record<string, string>> = {}): Promise<Timing> {
  const script = fileURLToPath(new URL('./import-once.js', import.meta.url));
  const module = pathToFileURL(join(bundle.directory, 'index.mjs')).href;
  const env = { ...ENVIRONMENT, ...more };
  const { stdout } = await promisify(execFile)(process.execPath, [script, module], { env }).catch((cause: unknown) => {
    throw new Error(`The bundle of ${name} cannot be imported: ${cause instanceof Error ? cause.message : cause}`);
  });
  return JSON.parse(stdout);
}

function medianOf(timings: readonly Timing[]): Timing {
  return {
    wallMs: median(timings.map(({ wallMs }) => wallMs)),
    cpuMs: median(timings.map(({ cpuMs }) => cpuMs)),
  };
}
