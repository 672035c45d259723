import pc from 'picocolors';

/* How things look on a terminal. In a pipe there are no colours. */

type Paint = (text: string) => string;

export const bold: Paint = pc.bold;
export const dim: Paint = pc.dim;
export const red: Paint = pc.red;
export const green: Paint = pc.green;

/** The colour of an event: whether it takes an order forward, stops it, or takes something back. */
export function paintOf(type: string): Paint {
  if (/Completed|Dispatched|Approved/.test(type)) return pc.green;
  if (/Rejected|Declined|Failed|Cancelled|Refused|Cancellation/.test(type)) return pc.red;
  if (/Released|Refunded/.test(type)) return pc.yellow;
  return pc.cyan;
}

/** Text of at least this many columns. */
export function column(text: string, width: number): string {
  return text.padEnd(width);
}

export function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

export function money(cents: number): string {
  return `${(cents / 100).toFixed(2)} BRL`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

// Whoever reads may stop reading, as `head` does: what was started is ended properly all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}
