import { randomUUID } from 'node:crypto';
import type { Batch, Measurable } from './measure.js';
import { lines, type Order } from './order.js';
import { findRaceFlaws, race } from './race.js';
import type { OpenOrder, Setting, System, SystemDefinition } from './systems/system.js';

/** One line of the comparison: an operation, as every system does it. */
export interface Row extends Measurable<System> {
  readonly title: string;
  /** Whether it is measured on the stub, too. */
  readonly onStub?: true;
  /** Records, once, what is to be read. */
  seed?(system: SystemDefinition, setting: Setting): Promise<void>;
}

const WRITERS = 100;
const STREAMS = 100;

export const rows: readonly Row[] = [
  { name: 'append-1', title: 'append 1 event', onStub: true, prepare: (system, count) => appends(system, count, 1) },
  { name: 'append-5', title: 'append 5 events', onStub: true, prepare: (system, count) => appends(system, count, 5) },
  loadRow('load-10', 10),
  { ...loadRow('load-1000', 1_000), onStub: true },
  { ...loadRow('load-10000', 10_000), mostRounds: 7, mostWarmUpRounds: 1 },
  {
    name: 'load-10000-snapshots',
    title: 'load 10,000 events with snapshots',
    mostRounds: 7,
    mostWarmUpRounds: 2,
    seed: (system, setting) => system.seedLong(setting, 'load-10000-snapshots', 10_000),
    prepare: async (system, count) => loads(count, 10_000, () => system.loadLong('load-10000-snapshots')),
  },
  {
    name: 'race-100',
    title: `${WRITERS} writers on one stream, per event that landed`,
    operations: WRITERS,
    mostRounds: 3,
    mostWarmUpRounds: 0,
    prepare: async (system, writers) => raceBatch(system, writers),
  },
  {
    name: 'append-many',
    title: `append 1 event to each of ${STREAMS} streams at once`,
    operations: STREAMS,
    mostRounds: 11,
    prepare: appendMany,
  },
];

function loadRow(name: string, events: number): Row {
  return {
    name,
    title: `load ${events.toLocaleString('en')} events`,
    seed: (system, setting) => system.seed(setting, name, events),
    prepare: async (system, count) => loads(count, events, () => system.load(name)),
  };
}

/** Appends to one order, one after the other. */
async function appends(system: System, count: number, events: number): Promise<Batch> {
  const orderId = randomUUID();
  const order = await system.place(orderId);
  const batches = Array.from({ length: count }, (_, index) => lines(orderId, 1 + index * events, events));
  return {
    async run() {
      for (const batch of batches) await order.append(batch);
    },
  };
}

function loads(count: number, events: number, load: () => Promise<Order>): Batch {
  return {
    async run() {
      for (let index = 0; index < count; index++) {
        const order = await load();
        // The first event places the order.
        if (order.lines !== events - 1) throw new Error(`${order.lines} lines were loaded instead of ${events - 1}.`);
      }
    },
  };
}

async function appendMany(system: System, streams: number): Promise<Batch> {
  const ids = Array.from({ length: streams }, () => randomUUID());
  const orders: { open: OpenOrder; line: ReturnType<typeof lines> }[] = [];
  for (const id of ids) orders.push({ open: await system.place(id), line: lines(id, 1, 1) });
  return {
    async run() {
      await Promise.all(orders.map(({ open, line }) => open.append(line)));
    },
  };
}

function raceBatch(system: System, writers: number): Batch {
  const orderId = randomUUID();
  return {
    run: () => race(system, orderId, writers),
    async check() {
      const flaws = findRaceFlaws(await system.history(orderId), writers);
      if (flaws.length > 0) throw new Error(`The race of ${system.name} went wrong: ${flaws.join('; ')}.`);
    },
  };
}
