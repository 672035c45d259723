import { ASSUMED, type Assumptions } from './assumptions.js';
import { type Bill, byService, type Item, total } from './bill.js';
import { OUTCOMES } from './consumption.js';
import { PRICED, type Service } from './prices.js';

/** Rows of text, the first of which are titles. */
export type Table = readonly (readonly string[])[];

/** What one order of each outcome comes to, US dollars for a million of them. */
export function orderTable({ perOrder }: Bill): Table {
  const services = [...new Set(perOrder.flatMap(({ usdByService }) => Object.keys(usdByService) as Service[]))];
  const rows = perOrder.map(({ outcome, usdByService, usd }) => [
    OUTCOMES[outcome].title,
    ...services.map((service) => dollars((usdByService[service] ?? 0) * 1e6)),
    dollars(usd * 1e6),
  ]);
  return [['a million orders', ...services, 'all'], ...rows];
}

/** What a month comes to, by service: its orders, and what it costs without any. */
export function monthTable({ ordered, idle, usd }: Bill): Table {
  const [ofOrders, ofNone] = [byService(ordered), byService(idle)];
  const services = [...new Set([...ordered, ...idle].map(({ price }) => PRICED[price].service))];
  const rows = services.map((service) => {
    const [one = 0, other = 0] = [ofOrders[service], ofNone[service]];
    return [service, dollars(one), dollars(other), dollars(one + other)];
  });
  return [
    ['the month', 'orders', 'without orders', 'all'],
    ...rows,
    ['all', dollars(total(ordered)), dollars(total(idle)), dollars(usd)],
  ];
}

/** Everything on the bill. */
export function itemTable({ ordered, idle }: Bill): Table {
  const rows = (items: readonly Item[], when: string) =>
    items.map(({ price, quantity, usd }) => [
      PRICED[price].service,
      PRICED[price].what,
      when,
      amount(quantity),
      dollars(usd),
    ]);
  return [['service', 'what', 'for', 'quantity', 'USD'], ...rows(ordered, 'orders'), ...rows(idle, 'the month')];
}

/** What was assumed. */
export function assumptionTable(assumptions: Assumptions): Table {
  const rows = Object.entries(ASSUMED).map(([name, { what }]) => [
    name,
    amount(assumptions[name as keyof Assumptions]),
    what,
  ]);
  return [['assumption', 'value', 'what'], ...rows];
}

/** A table as Markdown has it. */
export function toMarkdown([titles = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)].join('\n');
}

/** A table for a terminal: numbers to the right, the rest to the left. */
export function toColumns(table: Table): string[] {
  const [titles = []] = table;
  const widths = titles.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0)));
  const isNumeric = titles.map((_, index) => table.slice(1).every((row) => /^[\d.,]+$/.test(row[index] ?? '')));
  return table.map((row) =>
    row
      .map((cell, index) => (isNumeric[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** US dollars with cents, such as `1,204.50`. */
export function dollars(usd: number): string {
  return usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** Three digits of what is small, such as `0.0512`, and the whole of what is large, such as `43,800`. */
function amount(quantity: number): string {
  return quantity.toLocaleString('en', quantity < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}
