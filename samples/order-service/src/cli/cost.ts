import { isEverfoldError } from '@everfold/core';
import { Command, InvalidArgumentError } from 'commander';
import { assume } from '../costs/assumptions.js';
import { type Bill, billOf, parseMix } from '../costs/bill.js';
import { OUTCOMES, type Outcome } from '../costs/consumption.js';
import { readPrices } from '../costs/prices.js';
import { assumptionTable, dollars, itemTable, monthTable, orderTable, type Table, toColumns } from '../costs/report.js';
import { bold, dim, print, red } from './text.js';

interface CostOptions {
  readonly region: string;
  readonly orders: number;
  readonly mix?: string;
  readonly assume?: string;
  readonly prices?: string;
  readonly json?: boolean;
}

const program = new Command('npm run cost --')
  .description(
    'Prices an order of each outcome, and a month of orders, from what tests assert of them and public list prices.',
  )
  .option('--region <name>', 'whose prices', 'us-east-1')
  .option('--orders <number>', 'orders a month', parseOrders, 1_000_000)
  .option(
    '--mix <parts>',
    `how they end, such as completed=0.9,declined=0.1; there are ${Object.keys(OUTCOMES).join(', ')}`,
  )
  .option('--assume <values>', 'what is assumed, such as httpMs=40,readsPerOrder=5; the report lists all')
  .option('--prices <file>', 'prices of your own, in the form of prices.json: they stand before those')
  .option('--json', 'print it as JSON')
  .action(cost);

try {
  program.parse();
} catch (error) {
  if (!isEverfoldError(error)) throw error;
  process.stderr.write(`${red('Cannot price that.')} ${error.message}\n`);
  process.exitCode = 1;
}

function cost({ region, orders, mix, assume: assumed, prices, json = false }: CostOptions): void {
  const bill = billOf(orders, parseMix(mix), readPrices(region, prices), assume(assumed));
  if (json) print(JSON.stringify(bill));
  else show(bill);
}

function show(bill: Bill): void {
  const { region, orders, mix, assumptions } = bill;
  const parts = Object.entries(mix).filter(([, part]) => part > 0);
  print(
    `\n${bold(`${orders.toLocaleString('en')} orders a month in ${region}: ${dollars(bill.usd)} USD`)}` +
      `${dim(', list prices, no free tier')}\n`,
  );
  showTable('What an order comes to, by how it ends: USD for a million such orders', orderTable(bill));
  showTable('What the month comes to, USD', monthTable(bill));
  showTable('Where that comes from', itemTable(bill));
  showTable('What is assumed: change it by --assume name=value,…', assumptionTable(assumptions));
  print(dim('The orders end so:'));
  for (const [outcome, part] of parts)
    print(dim(`  ${OUTCOMES[outcome as Outcome].title}: ${(part * 100).toFixed(2)} %`));
  print(dim('\nNot on the bill: data sent out, sign-in, tracing, mail of alarms, and the books of the simulated'));
  print(dim('provider and carrier, which stand for services of others.'));
}

function showTable(title: string, table: Table): void {
  const [titles = '', ...rows] = toColumns(table);
  print(`${bold(title)}\n\n  ${dim(titles)}`);
  for (const row of rows) print(`  ${row}`);
  print();
}

function parseOrders(text: string): number {
  const orders = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(orders) || orders < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return orders;
}
