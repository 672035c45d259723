import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { recordedOrders, toLines, write } from './recorded-orders.test.fixture.js';

const VERIFY = fileURLToPath(new URL('../../../../scripts/verify-kills.js', import.meta.url));

it('A service that is killed four times ends every order once, with every cent and every unit where it belongs', async () => {
  const file = write('orders.ndjson', toLines(recordedOrders(60, 97)));

  const args = [file, '--kills', '4', '--seed', '2', '--endpoint', process.env.DYNAMODB_ENDPOINT ?? ''];
  const { stdout } = await promisify(execFile)(process.execPath, [VERIFY, ...args]);

  expect(stdout).toContain('60 orders, 4 kills by seed 2');
  expect(stdout.match(/^ +\d\. at .* deliveries under way/gm)).toHaveLength(4);
  expect(stdout).toContain('All 11 figures of 60 orders are right.');
  expect(stdout).toMatch(/Each of \d+ events, 60 rows and \d+ entries in the books is there once, and no other\./);
}, 300_000);
