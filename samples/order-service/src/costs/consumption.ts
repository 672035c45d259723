/** How an order may end. */
export type Outcome = 'completed' | 'not-in-stock' | 'declined' | 'not-shipped' | 'approved' | 'refused' | 'cancelled';

/**
 * What one order consumes, from its first request to the last row of its read models. A test runs an order of each outcome and
 * asserts every number; pages and bills are made of them.
 */
export interface Consumption {
  /** Queries of the event table, a read unit each. */
  readonly queries: number;
  /** Appends of one stream. */
  readonly puts: number;
  /** Appends of several streams. */
  readonly transactions: number;
  /** Of the event table. */
  readonly writeUnits: number;
  /** Events on the bus, all below the 64 KB up to which an event is billed as one. */
  readonly entries: number;
  /** Calls of functions by HTTP and, through queues, by rules. */
  readonly calls: number;
  /** Schedules set, each of which comes back once. */
  readonly timers: number;
  /** Those of the calls that came by HTTP. */
  readonly requests: number;
  /** Records in the event table's stream. */
  readonly records: number;
  /** Of the table of read models and its index, each record coming in a batch of its own. */
  readonly rowReadUnits: number;
  readonly rowWriteUnits: number;
  /** What is left in the event table, in the archive, and in the table of read models, with what DynamoDB adds to each item. */
  readonly eventBytes: number;
  readonly entryBytes: number;
  readonly rowBytes: number;
}

interface OutcomeOfOrder {
  /** As pages call it. */
  readonly title: string;
  readonly consumption: Consumption;
}

/** Each outcome, and what an order comes to that ends so. */
export const OUTCOMES: Readonly<Record<Outcome, OutcomeOfOrder>> = {
  completed: {
    title: 'completed',
    consumption: {
      queries: 3,
      puts: 6,
      transactions: 2,
      writeUnits: 14,
      entries: 6,
      calls: 13,
      timers: 0,
      requests: 1,
      records: 10,
      rowReadUnits: 14,
      rowWriteUnits: 40,
      eventBytes: 6_915,
      entryBytes: 3_621,
      rowBytes: 2_378,
    },
  },
  'not-in-stock': {
    title: 'not in stock',
    consumption: {
      queries: 5,
      puts: 3,
      transactions: 0,
      writeUnits: 3,
      entries: 3,
      calls: 7,
      timers: 0,
      requests: 1,
      records: 3,
      rowReadUnits: 6,
      rowWriteUnits: 15,
      eventBytes: 1_724,
      entryBytes: 1_556,
      rowBytes: 1_764,
    },
  },
  declined: {
    title: 'declined',
    consumption: {
      queries: 7,
      puts: 4,
      transactions: 2,
      writeUnits: 12,
      entries: 5,
      calls: 11,
      timers: 0,
      requests: 1,
      records: 8,
      rowReadUnits: 11,
      rowWriteUnits: 27,
      eventBytes: 4_810,
      entryBytes: 2_573,
      rowBytes: 2_090,
    },
  },
  'not-shipped': {
    title: 'not shipped',
    consumption: {
      queries: 8,
      puts: 7,
      transactions: 2,
      writeUnits: 15,
      entries: 7,
      calls: 14,
      timers: 0,
      requests: 1,
      records: 11,
      rowReadUnits: 16,
      rowWriteUnits: 43,
      eventBytes: 7_087,
      entryBytes: 3_733,
      rowBytes: 2_494,
    },
  },
  approved: {
    title: 'approved, completed',
    consumption: {
      queries: 7,
      puts: 8,
      transactions: 2,
      writeUnits: 16,
      entries: 7,
      calls: 16,
      timers: 1,
      requests: 2,
      records: 12,
      rowReadUnits: 17,
      rowWriteUnits: 52,
      eventBytes: 8_262,
      entryBytes: 4_049,
      rowBytes: 2_651,
    },
  },
  refused: {
    title: 'refused',
    consumption: {
      queries: 10,
      puts: 5,
      transactions: 2,
      writeUnits: 13,
      entries: 5,
      calls: 12,
      timers: 1,
      requests: 2,
      records: 9,
      rowReadUnits: 12,
      rowWriteUnits: 31,
      eventBytes: 5_198,
      entryBytes: 2_501,
      rowBytes: 2_165,
    },
  },
  cancelled: {
    title: 'cancelled while it waits',
    consumption: {
      queries: 17,
      puts: 7,
      transactions: 2,
      writeUnits: 15,
      entries: 6,
      calls: 18,
      timers: 1,
      requests: 2,
      records: 11,
      rowReadUnits: 15,
      rowWriteUnits: 40,
      eventBytes: 6_097,
      entryBytes: 2_924,
      rowBytes: 2_577,
    },
  },
};

/** The table of `docs/saga.md`. */
export function consumptionTable(): string {
  const rows = Object.values(OUTCOMES).map(({ title, consumption: { queries, puts, transactions, ...rest } }) =>
    [title, queries, puts, transactions, rest.writeUnits, rest.entries, rest.calls, rest.timers].join(' | '),
  );
  return [
    '| order | Query | PutItem | TransactWriteItems | write units | entries | calls | timers |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
