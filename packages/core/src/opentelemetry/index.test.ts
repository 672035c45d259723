import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');

describe('the optional peer', () => {
  test('is imported by nothing outside of this folder', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const importing = files.filter((file) =>
      /from '[^']*opentelemetry/.test(readFileSync(join(SOURCES, file), 'utf8')),
    );

    expect(importing.length).toBeGreaterThan(5);
    expect(importing.filter((file) => !file.startsWith('opentelemetry'))).toEqual([]);
  });
});
