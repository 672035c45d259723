import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrices } from './prices.js';

function written(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'everfold-prices-')), 'mine.json');
  writeFileSync(file, content);
  return file;
}

const mine = { usd: 9, per: 1, source: 'my contract', date: '2026-11-25' };

describe('prices', () => {
  it.each(['us-east-1', 'eu-west-1', 'eu-central-1'])('of %s each say where they are from, and when', (region) => {
    for (const { source, date } of Object.values(readPrices(region).of)) {
      expect(source).not.toBe('');
      expect(Date.parse(date)).toBeLessThan(Date.parse('2026-12-01'));
    }
  });

  it('of a file stand before those that are there, and beside them', () => {
    const { of } = readPrices('us-east-1', written(JSON.stringify({ 'us-east-1': { dashboard: mine } })));

    expect(of.dashboard).toEqual(mine);
    expect(of.writeUnit?.usd).toBe(0.625);
  });

  it('may be of another Region', () => {
    const file = written(JSON.stringify({ 'sa-east-1': { dashboard: mine } }));

    expect(readPrices('sa-east-1', file)).toEqual({ region: 'sa-east-1', of: { dashboard: mine } });
  });

  it('of a Region that nobody knows are refused', () => {
    expect(() => readPrices('sa-east-1')).toThrow(
      'There are no prices of region "sa-east-1", only of us-east-1, eu-west-1, eu-central-1. Give them by --prices FILE',
    );
  });

  it.each([
    ['that is none', '{', 'cannot be read: '],
    ['with a price of nothing that is priced', JSON.stringify({ 'us-east-1': { lamps: mine } }), 'us-east-1'],
    ['without a source', JSON.stringify({ 'us-east-1': { logGb: { ...mine, source: '' } } }), 'logGb'],
    ['with a date that is none', JSON.stringify({ 'us-east-1': { logGb: { ...mine, date: 'today' } } }), 'date'],
    ['per nothing', JSON.stringify({ 'us-east-1': { logGb: { ...mine, per: 0 } } }), 'per'],
  ])('in a file %s are refused', (_what, content, message) => {
    expect(() => readPrices('us-east-1', written(content))).toThrow(message);
  });

  it('in a file that is not there are refused', () => {
    expect(() => readPrices('us-east-1', 'nowhere.json')).toThrow(
      'The prices in "nowhere.json" cannot be read: ENOENT',
    );
  });
});
