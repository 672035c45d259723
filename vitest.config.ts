import { defineConfig } from 'vitest/config';

// Packages are tested from their sources: no build stands between an edit and its test.
const fromSource = ['@everfold/source', 'node', 'development|production'];

const shared = {
  resolve: { conditions: fromSource },
  ssr: { resolve: { conditions: fromSource, externalConditions: fromSource } },
};

export default defineConfig({
  test: {
    // Tests wait for DynamoDB more than they compute.
    maxWorkers: '100%',
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          // What functions log is looked at by the tests that are about it.
          env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
          // Nothing here leaves anything behind, and loading everything anew for each file took twice as long as the tests.
          isolate: false,
          testTimeout: 30_000,
          include: ['{packages,samples}/*/src/**/*.test.ts', '{benchmarks,scripts}/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts', '**/{node_modules,dist}/**'],
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
          isolate: false,
          include: ['{packages,samples}/*/src/**/*.integration.test.ts'],
          globalSetup: ['scripts/start-dynamodb.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
