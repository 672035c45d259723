import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { RecordedOrder } from './recorded-order.js';

/** A line of an orders file: an order, or what is wrong with it. */
export type OrderLine =
  | { readonly number: number; readonly order: RecordedOrder }
  | { readonly number: number; readonly problem: string };

/** Reads a file of recorded orders, one JSON object a line; empty lines are passed over. */
export async function* readOrders(path: string): AsyncIterable<OrderLine> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() !== '') yield { number, ...parseOrder(line) };
  }
}

function parseOrder(line: string): { readonly order: RecordedOrder } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { success, data, error } = RecordedOrder.safeParse(value);
  if (success) return { order: data };
  const problems = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return { problem: problems.join('; ') };
}
