import { access } from 'node:fs/promises';
import { isEverfoldError } from '@everfold/core';
import cliProgress, { Presets, SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { DEAD_LETTERS, runLocally } from '../world/run-locally.js';
import { EndCounter, type OrdersRun, type Refusal, runOrders, type Summary } from '../world/run-orders.js';
import { bold, column, dim, money, print, red } from './text.js';

/** More than this many refused lines are counted only. */
const MOST_REFUSALS_SHOWN = 20;

interface OrdersOptions {
  readonly json?: boolean;
  readonly concurrency: number;
}

const program = new Command('npm run orders --')
  .description(
    'Runs a file of recorded orders, one JSON object a line, through the order service. On tables that hold part of a run, it goes on from there.',
  )
  .argument('<file>', 'the orders, as newline-delimited JSON')
  .option('--json', 'print the summary as one line of JSON, last')
  .option('--concurrency <number>', 'how many orders are being placed at a time', parseConcurrency, 32)
  .action(orders);

await program.parseAsync().catch((error: unknown) => {
  if (!isEverfoldError(error)) throw error;
  process.stderr.write(`${red('Cannot run the orders.')} ${error.message}\n`);
  process.exitCode = 1;
});

async function orders(file: string, { json = false, concurrency }: OrdersOptions): Promise<void> {
  await access(file).catch(() => program.error(`error: there is no file "${file}" to read.`));
  const ends = new EndCounter();
  const service = await runLocally({
    onCommit: ({ events }) => {
      for (const { type, data } of events) {
        if (type === 'OrderCompleted' || type === 'OrderCancelled')
          ends.add((data as { readonly orderId: string }).orderId);
      }
    },
  });
  try {
    const [backend, ...remarks] = service.description;
    for (const line of [`Running on ${backend}`, ...remarks]) process.stderr.write(`${dim(line)}\n`);
    const bar = new SingleBar(
      {
        format: 'orders {bar} {percentage}% | {value} of {total} ended | {duration_formatted}, {eta_formatted} to go',
        noTTYOutput: true,
        notTTYSchedule: 5_000,
        // Before the first order has ended, nobody knows how long it takes.
        formatTime: (seconds, ...rest) =>
          Number.isFinite(seconds) ? cliProgress.Format.TimeFormat(seconds, ...rest) : '…',
      },
      Presets.shades_classic,
    );
    const run = await runOrders(service, file, ends, {
      concurrency,
      onStart: (total) => bar.start(total, 0),
      onProgress: (ended) => bar.update(ended),
    }).finally(() => bar.stop());
    report(run, json);
    if (run.refusals.length > 0 || run.unfinished > 0) process.exitCode = 1;
  } finally {
    await service.stop();
  }
}

function report({ summary, refusals, unfinished }: OrdersRun, json: boolean): void {
  showRefusals(refusals);
  if (unfinished > 0)
    process.stderr.write(`${red(`${unfinished} order(s) did not come to an end.`)} Look into ${DEAD_LETTERS}.\n`);
  if (json) print(JSON.stringify(summary));
  else showSummary(summary);
}

function showRefusals(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  process.stderr.write(`\n${red(`${refusals.length} line(s) were not taken:`)}\n`);
  for (const { line, reason } of refusals.slice(0, MOST_REFUSALS_SHOWN))
    process.stderr.write(`  line ${line}: ${reason}\n`);
  if (refusals.length > MOST_REFUSALS_SHOWN)
    process.stderr.write(`  … and ${refusals.length - MOST_REFUSALS_SHOWN} more\n`);
}

function showSummary(summary: Summary): void {
  const rows: readonly (readonly [string, string])[] = [
    ['orders', count(summary.orders)],
    ['  completed', count(summary.completed)],
    ['  cancelled by inventory', count(summary.cancelledInventory)],
    ['  cancelled by payment', count(summary.cancelledPayment)],
    ['  cancelled by shipping', count(summary.cancelledShipping)],
    ['  not approved', count(summary.cancelledApproval)],
    ['  cancelled by customer', count(summary.cancelledCustomer)],
    ['captured', money(summary.capturedCents)],
    ['refunded', money(summary.refundedCents)],
    ['revenue', `${money(sum(summary.revenueCentsByDay))} on ${Object.keys(summary.revenueCentsByDay).length} day(s)`],
    ['shipments', `${count(summary.shipments)} with ${count(summary.unitsShipped)} unit(s)`],
    ['units still held', count(summary.unitsHeld)],
    ['customers told', count(summary.notified)],
    ['events', count(summary.events)],
    ['requests', perOperation(summary.requests)],
    ['capacity units', perOperation(summary.capacityUnits)],
    ['time', `${summary.seconds.toFixed(1)} s on ${summary.backend}`],
  ];
  print();
  for (const [name, value] of rows) print(`  ${bold(column(name, 26))}${value}`);
  print();
}

function perOperation(amounts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(amounts).map(([operation, amount]) => `${operation} ${count(amount)}`);
  return parts.length === 0 ? 'none' : `${count(sum(amounts))} ${dim(`(${parts.join(', ')})`)}`;
}

function sum(amounts: Readonly<Record<string, number>>): number {
  return Object.values(amounts).reduce((total, amount) => total + amount, 0);
}

function count(amount: number): string {
  return amount.toLocaleString('en', { maximumFractionDigits: 1 });
}

function parseConcurrency(text: string): number {
  const concurrency = Number(text);
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return concurrency;
}
