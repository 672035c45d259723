import { describe, expect, it } from 'vitest';
import { assume } from './assumptions.js';
import { billOf, byService, parseMix, total } from './bill.js';
import { OUTCOMES } from './consumption.js';
import { MissingPriceError, PRICED, type PriceName, type Prices } from './prices.js';

/** A dollar for each thing, whatever it is. */
const dollarEach: Prices = {
  region: 'nowhere-1',
  of: Object.fromEntries(
    Object.keys(PRICED).map((name) => [name, { usd: 1, per: 1, source: 'none', date: '2026-01-01' }]),
  ),
};
const onlyCompleted = parseMix('completed=1');
const billed = (orders: number, mix = onlyCompleted, prices = dollarEach) => billOf(orders, mix, prices, assume());
const quantityOf = (items: ReturnType<typeof billed>['ordered'], name: PriceName) =>
  items.find(({ price }) => price === name)?.quantity;

describe('a bill', () => {
  it('multiplies what an order consumes', () => {
    const { ordered } = billed(1_000);

    // 14 units of events, 40 of rows; 6 events.
    expect(quantityOf(ordered, 'writeUnit')).toBe(54_000);
    expect(quantityOf(ordered, 'busEntry')).toBe(6_000);
  });

  it('prices so many at a time', () => {
    const of = { ...dollarEach.of, writeUnit: { usd: 0.625, per: 1_000_000, source: 'none', date: '2026-01-01' } };
    const { ordered } = billed(1_000_000, onlyCompleted, { region: 'nowhere-1', of });

    // 54 units for each of a million orders.
    expect(ordered.find(({ price }) => price === 'writeUnit')?.usd).toBeCloseTo(33.75, 10);
  });

  it('mixes outcomes by their parts', () => {
    const { ordered } = billed(1_000, parseMix('completed=0.75,declined=0.25'));

    expect(quantityOf(ordered, 'busEntry')).toBe(1_000 * (0.75 * 6 + 0.25 * 5));
  });

  it('is the orders and the month without them, and nothing twice', () => {
    const bill = billed(1_000);

    expect(bill.usd).toBe(total(bill.ordered) + total(bill.idle));
    expect(Object.values(byService(bill.ordered)).reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(
      total(bill.ordered),
      6,
    );
    expect(bill.perOrder.map(({ outcome }) => outcome)).toEqual(Object.keys(OUTCOMES));
    expect(bill.perOrder[0]?.usd).toBeCloseTo(total(bill.ordered) / 1_000, 6);
  });

  it('makes an order cheaper, not dearer, the more there are', () => {
    const [few, many] = [billed(1_000), billed(100_000_000)];

    expect(many.perOrder[0]?.usd).toBeLessThan(few.perOrder[0]?.usd ?? 0);
  });

  it('names the price that it needs and does not know, and asks for none that it does not need', () => {
    const { socketMessage: _one, socketMinute: _other, ...of } = dollarEach.of;
    const without = { region: 'nowhere-1', of };

    expect(() => billed(1, onlyCompleted, without)).not.toThrow();
    expect(() => billOf(1, onlyCompleted, without, assume('socketMinutesPerOrder=1'))).toThrow(
      expect.objectContaining({
        code: 'MISSING_PRICE',
        region: 'nowhere-1',
        prices: ['socketMinute'],
        message: expect.stringContaining(
          'Look it up, and give it by --prices FILE, such as {"nowhere-1":{"socketMinute":',
        ),
      }),
    );
    expect(new MissingPriceError('nowhere-1', ['logGb', 'dashboard']).message).toContain(
      '"logGb" (CloudWatch: GB of logs taken in), "dashboard" (CloudWatch: dashboards). Look it up',
    );
  });
});

describe('a mix', () => {
  it('is 1 altogether when none is given', () => {
    expect(Object.values(parseMix()).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
  });

  it.each([
    ['completed=0.5', 'The parts of the mix "completed=0.5" are 0.5 together. Make them 1.'],
    ['lost=1', 'There is no outcome "lost"; there are completed, not-in-stock,'],
    ['completed', 'The outcome "completed" has no number from 0. Write it as completed=1.5.'],
    ['completed=-1', 'The outcome "completed=-1" has no number from 0.'],
  ])('that is "%s" is refused', (text, message) => {
    expect(() => parseMix(text)).toThrow(message);
  });

  it('takes no assumption that is none', () => {
    expect(() => assume('htpMs=1')).toThrow('There is no assumption "htpMs"; there are httpMs, busMs,');
  });
});
