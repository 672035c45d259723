// Writes the pages that follow from the order service's saga: npm run docs:saga
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from '../samples/order-service/dist/documents/documents.js';

for (const { path, write } of documents) {
  const file = join(import.meta.dirname, '..', path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = await write(before);
  if (after !== before) writeFileSync(file, after);
  console.log(`${after === before ? 'unchanged' : '  written'}  ${path}`);
}
