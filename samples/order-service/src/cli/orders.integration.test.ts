import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recordedOrders, toLines, write } from './recorded-orders.test.fixture.js';
import { runCommand } from './run-cli.test.fixture.js';

const VERIFY = fileURLToPath(new URL('../../../../scripts/verify-orders.js', import.meta.url));
describe('npm run orders', () => {
  it('ends every order as it was recorded, with every cent and every unit where it belongs', async () => {
    const file = write('orders.ndjson', toLines(recordedOrders(36)));

    const { status, stdout, stderr } = await runCommand('orders', [file, '--json', '--concurrency', '16']).ended;

    expect(stderr).not.toContain('not taken');
    expect(status).toBe(0);
    const verdict = execFileSync(process.execPath, [VERIFY, file, write('summary.json', stdout)], { encoding: 'utf8' });
    expect(verdict).toContain('All 11 figures of 36 orders are right.');
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({
      orders: 36,
      backend: 'endpoint',
      seconds: expect.any(Number),
      events: expect.any(Number),
    });
    expect(Object.keys(summary.requests).sort()).toEqual(['BatchGetItem', 'PutItem', 'Query', 'TransactWriteItems']);
    expect(Object.keys(summary.capacityUnits)).toEqual(
      expect.arrayContaining(['PutItem', 'Query', 'TransactWriteItems']),
    );
  });

  it('says which lines are malformed and why, runs the others, and ends with status 1', async () => {
    const [first, second] = recordedOrders(2);
    const file = write(
      'orders.ndjson',
      [
        JSON.stringify(first),
        '{"orderId":',
        JSON.stringify({ ...second, items: [{ productId: 7 }] }),
        '',
        JSON.stringify({ ...first, customerId: 'somebody-else' }),
      ].join('\n'),
    );

    const { status, stdout, stderr } = await runCommand('orders', [file, '--json', '--concurrency', '1']).ended;

    expect(status).toBe(1);
    expect(stderr).toContain('3 line(s) were not taken:');
    expect(stderr).toMatch(/line 2: not JSON: /);
    expect(stderr).toMatch(/line 3: items\.0\.productId: .*expected string/);
    expect(stderr).toMatch(/line 5: POST \/orders answered 409: .*ORDER_ALREADY_PLACED/);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ orders: 1, completed: 1 });
  });

  it('says that a file is not there', async () => {
    const { status, stderr } = await runCommand('orders', ['nowhere.ndjson']).ended;

    expect(status).toBe(1);
    expect(stderr).toContain('there is no file "nowhere.ndjson" to read');
  });
});
