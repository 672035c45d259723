import { lineAdded } from './order.js';
import type { Recorded, System } from './systems/system.js';

/** So many writers want to add a line to the same new order, all at once. Each goes on until its line is in. */
export async function race(system: System, orderId: string, writers: number): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      system.addLine(orderId, lineAdded(orderId, writer, writerName(writer))),
    ),
  );
}

/** What is wrong with the outcome of a race: exactly one writer wins each version, and all land once. */
export function findRaceFlaws(history: readonly Recorded[], writers: number): string[] {
  const flaws: string[] = [];
  const versions = history.map(({ version }) => version);
  const expected = Array.from({ length: writers }, (_, index) => index + 1);
  if (versions.join() !== expected.join()) {
    flaws.push(`the versions are ${versions.join(', ')} and not 1 to ${writers}`);
  }
  const landed = history.map(({ data }) => addedBy(data));
  for (const writer of Array.from({ length: writers }, (_, index) => writerName(index))) {
    const times = landed.filter((name) => name === writer).length;
    if (times !== 1) flaws.push(`${writer} landed ${times} times`);
  }
  return flaws;
}

function writerName(writer: number): string {
  return `writer-${writer}`;
}

function addedBy(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'addedBy' in data ? data.addedBy : undefined;
}
