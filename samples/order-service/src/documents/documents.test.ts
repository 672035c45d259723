import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from './documents.js';

const ROOT = join(import.meta.dirname, '../../../..');

describe('the pages that follow from the saga', () => {
  test.each(documents)(
    'are what the definition says, or `npm run docs:saga` makes them so: $path',
    async ({ path, write }) => {
      const page = await readFile(join(ROOT, path), 'utf8');

      expect(await write(page)).toBe(page);
    },
  );
});
