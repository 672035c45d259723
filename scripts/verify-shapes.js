// Says whether runs under way could go on with the order service's saga as it is now, by the committed snapshot of its shape:
//   node scripts/verify-shapes.js [--update]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkShape } from '@everfold/saga/shape';
import { toJSONSchema } from 'zod/mini';
import { fulfilment } from '../samples/order-service/dist/fulfilment.js';

const path = 'samples/order-service/fulfilment.shape.json';
const file = join(import.meta.dirname, '..', path);
const { problems, changes, isCurrent, text } = checkShape(
  fulfilment,
  existsSync(file) ? readFileSync(file, 'utf8') : undefined,
  // The small form of zod does not say it of itself.
  { schemaOf: (schema) => toJSONSchema(/** @type {any} */ (schema), { io: 'input', target: 'draft-2020-12' }) },
);

for (const problem of problems) console.error(`breaking    ${problem}`);
for (const { message } of changes) console.error(`compatible  ${message}`);

if (isCurrent) {
  console.log(`${path} says what the saga is.`);
} else if (process.argv.includes('--update')) {
  writeFileSync(file, text);
  console.log(`${path} is written.`);
} else {
  const update = 'node scripts/verify-shapes.js --update';
  console.error(
    problems.length > 0
      ? `Runs under way could not go on. If none is, in any deployment: ${update}`
      : `${path} does not say what the saga is. Write it, and commit it: ${update}`,
  );
  process.exitCode = 1;
}
