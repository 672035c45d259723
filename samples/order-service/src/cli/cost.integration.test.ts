import { describe, expect, it } from 'vitest';
import { write } from './recorded-orders.test.fixture.js';
import { runCommand } from './run-cli.test.fixture.js';

const cost = (...args: string[]) => runCommand('cost', args).ended;

describe('npm run cost', () => {
  it('shows a bill that fits a terminal of 100 columns', async () => {
    const { status, stdout } = await cost('--region', 'us-east-1', '--orders', '1000000');

    expect(status).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('has the same in JSON', async () => {
    const { stdout } = await cost('--orders', '1000', '--mix', 'declined=1', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      region: 'us-east-1',
      orders: 1_000,
      mix: { completed: 0, declined: 1 },
      usd: expect.any(Number),
    });
  });

  it('takes prices that are not known from a file', async () => {
    const price = { usd: 2, per: 1_000_000, source: 'a test', date: '2026-11-25' };
    const prices = write('prices.json', JSON.stringify({ 'eu-central-1': { httpRequest: price } }));

    const without = await cost('--region', 'eu-central-1');
    const given = await cost('--region', 'eu-central-1', '--prices', prices);

    expect(without.status).toBe(1);
    expect(without.stderr).toContain('There is no price in eu-central-1 for "httpRequest"');
    expect(given.status).toBe(0);
  });

  it.each([
    [['--orders', 'many'], 'Give a whole number from 1.'],
    [['--region', 'mars-1'], 'There are no prices of region "mars-1"'],
    [['--mix', 'completed=2'], 'are 2 together. Make them 1.'],
    [['--assume', 'luck=1'], 'There is no assumption "luck"'],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await cost(...args);

    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});
