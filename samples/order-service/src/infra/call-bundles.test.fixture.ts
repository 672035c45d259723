import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { testIssuer } from '../connections/issuer.test.fixture.js';
import { calls, TOKEN } from './aws-events.test.fixture.js';
import type { fakeAws } from './fake-aws.test.fixture.js';

/** What a function answered. */
export interface Answer {
  readonly name: string;
  readonly answer?: unknown;
  readonly error?: string;
}

/** What a function has logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly function_name: string;
  readonly correlation_id: string;
}

/** What a function has measured, in CloudWatch's embedded format. */
export interface Measured {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** A bundle, and the function that it is of. */
interface Callable {
  readonly name: string;
  readonly directory: string;
}

/** Where bundles are called. */
interface Place {
  /** Beside the bundles, where no `node_modules` is above. */
  readonly directory: string;
  readonly aws: Awaited<ReturnType<typeof fakeAws>>;
  readonly issuer: Awaited<ReturnType<typeof testIssuer>>;
}

/** Calls each bundle with what AWS calls its function with, in a Node process that has nothing else. */
export async function callBundles(bundles: readonly Callable[], { directory, aws, issuer }: Place) {
  const todo = bundles.map((bundle) => ({
    name: bundle.name,
    code: join(bundle.directory, 'index.mjs'),
    event: calls[bundle.name]?.event,
  }));
  const file = join(directory, 'calls.json');
  writeFileSync(file, JSON.stringify(todo).replaceAll(TOKEN, await issuer.token('ada')));
  const script = join(directory, 'call-bundles.mjs');
  copyFileSync(join(import.meta.dirname, 'call-bundles.test.fixture.mjs'), script);
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, aws.endpoint], {
    cwd: directory,
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      EVENTS_TABLE: 'events',
      READ_MODELS_TABLE: 'read-models',
      BOOKS_TABLE: 'books',
      CONNECTIONS_TABLE: 'connections',
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: issuer.audience,
      BUS_NAME: 'orders',
      BUS_ARN: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
      TIMERS_ROLE_ARN: 'arn:aws:iam::123456789012:role/timers',
      TIMERS_GROUP: 'timers',
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      POWERTOOLS_SERVICE_NAME: 'order-service',
      POWERTOOLS_METRICS_NAMESPACE: 'Everfold',
    },
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const answers: readonly Answer[] = lines.filter(({ name }) => name !== undefined);
  const logged: readonly Line[] = lines.filter(({ level }) => level !== undefined);
  const measured: readonly Measured[] = lines.filter(({ _aws }) => _aws !== undefined);
  return { answers, logged, measured };
}
