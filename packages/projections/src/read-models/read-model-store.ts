import type { Amounts, Row } from '../changes.js';

/** The rows of one version of one projection. */
export interface RowSet {
  /** `<projection>@<version>`. */
  readonly id: string;
  /** Over how many partitions they are spread. */
  readonly spread: number;
}

/** A row with what is needed to write it again. */
export interface StoredRow {
  /** `undefined` when it is not there, or no longer. */
  readonly row: Row | undefined;
  /** Counts the writes; 0 when there was none. */
  readonly revision: number;
  /** What the row has applied of each stream, for positions in the row. */
  readonly applied: AppliedVersions;
}

/** What a row has applied, by stream. */
export type AppliedVersions = ReadonlyMap<string, Applied>;

export interface Applied {
  /** Events up to this version are in this row, as far as they concern it. */
  readonly version: number;
  /** Events up to this version were in all rows when this one was written. Never above `version`. */
  readonly settled: number;
}

/** A row that was never written. */
export const absentRow: StoredRow = { row: undefined, revision: 0, applied: new Map() };

/** Where a row is listed. */
export interface Listed {
  /** The listing that it is in. */
  readonly group: string;
  /** Its place there, as text: compared byte by byte, so pad numbers with zeros. 1 to 1,024 bytes. */
  readonly sort: string;
}

/** A row as it is to be, if nobody has written it since it was read. */
export interface RowWrite {
  readonly key: string;
  /** `undefined` removes the row. What it has applied stays, so that no late event brings it back. */
  readonly row: Row | undefined;
  /** The revision that it was made from. */
  readonly revision: number;
  readonly applied: AppliedVersions;
  readonly listed: Listed | undefined;
}

/** Numbers of a row that grow, whatever the row holds by now. */
export interface Increment {
  readonly key: string;
  readonly amounts: Amounts;
}

/**
 * A stream's position that moves on, if it is not beyond `from`. An event that changes more rows than a transaction takes
 * is begun and ended by several: its rows in the order of their keys, and the position counts those that are in.
 */
export interface Advance {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  /** So many rows of the event after `from` are in: exactly so many, and the position is exactly `from`. Default 0. */
  readonly rowsFrom?: number;
  /** So many rows of the event after `to` are in then. Default 0. */
  readonly rowsTo?: number;
}

/** What is written all or nothing: {@link LARGEST_TRANSACTION} of these, and each row once. */
export interface Transaction {
  readonly advances: readonly Advance[];
  readonly writes: readonly RowWrite[];
  readonly increments: readonly Increment[];
}

/** Whether a row was written; if not, what stands in the way. */
export type SaveOutcome = { readonly saved: true } | { readonly saved: false; readonly current: StoredRow };

/** Whether a transaction was written; if not, what stands in the way. Nothing known: others were writing just then. */
export type TransactOutcome =
  | { readonly done: true }
  | {
      readonly done: false;
      /** Positions that were not at or before `from`, by stream. */
      readonly positions: ReadonlyMap<string, number>;
      /** How many rows of the event after such a position are in, where it is begun. */
      readonly begun?: ReadonlyMap<string, number>;
      /** Rows that were at another revision, by key. */
      readonly rows: ReadonlyMap<string, StoredRow>;
    };

/** DynamoDB writes at most 100 items in a transaction. Source: API Reference, "TransactWriteItems". */
export const LARGEST_TRANSACTION = 100;

/** All items of a transaction together have at most 4 MB. Source: API Reference, "TransactWriteItems". */
export const LARGEST_TRANSACTION_BYTES = 4 * 1024 * 1024;

/** DynamoDB takes at most 25 statements in a batch. Source: API Reference, "BatchExecuteStatement". */
export const LARGEST_INSERT = 25;

export interface PageRequest {
  /** Rows at the most, 1 to 1,000. Default 100. */
  readonly limit?: number;
  /** Where the last page ended. */
  readonly cursor?: string;
  /** From the end backwards. Default false. */
  readonly descending?: boolean;
}

export interface ListRequest extends PageRequest {
  readonly group: string;
  /** No place before this one. Default: from the first. */
  readonly from?: string;
  /** No place after this one. Default: to the last. */
  readonly upTo?: string;
}

export interface AllRequest extends PageRequest {
  readonly consistent?: boolean;
}

/** Some of the rows of a listing. */
export interface Page<TRow extends object = Row> {
  readonly rows: readonly { readonly key: string; readonly row: TRow }[];
  /** For the next page. The last page has none. */
  readonly cursor?: string;
}

/** The part of the port that whoever writes rows reads them with. */
export interface RowLoads {
  /** Reads rows, consistently: an entry for every key. */
  load(rows: RowSet, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow>>;
}

/** The part of the port that projections with positions in their rows write with. */
export interface InRowWrites extends RowLoads {
  /** Writes one row. */
  save(rows: RowSet, write: RowWrite): Promise<SaveOutcome>;
}

/** The part of the port that projections with positions beside their rows write with. */
export interface BesideRowsWrites extends RowLoads {
  /** Reads positions, consistently: an entry for every stream, 0 for one without. */
  positions(rows: RowSet, streams: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Writes all or nothing. */
  transact(rows: RowSet, transaction: Transaction): Promise<TransactOutcome>;
}

/** The part of the port that projections write rows with, wherever they keep their positions. */
export interface RowWrites extends InRowWrites, BesideRowsWrites {
  /**
   * Writes rows that were never written, each on its own, at most {@link LARGEST_INSERT}, each once. A store that cannot do that at
   * the price of saving them goes without it.
   *
   * @returns The keys of those that are known to be written: others may be there already, or have failed. It throws nothing.
   */
  insert?(rows: RowSet, writes: readonly RowWrite[]): Promise<ReadonlySet<string>>;
}

/** The part of the port that requests are answered with. */
export interface RowQueries {
  /** Reads one row; `consistent` sees every write that has returned. */
  get(rows: RowSet, key: string, options: { readonly consistent: boolean }): Promise<Row | undefined>;
  /** Reads the rows of a group in the order of their places, between two of them where they are given. May lag behind writes. */
  list(rows: RowSet, request: ListRequest): Promise<Page>;
  /** Reads all rows: partition by partition, each in the order of keys. */
  all(rows: RowSet, request: AllRequest): Promise<Page>;
}

/**
 * The port to a store of rows. The contract, in words and checks, is `describeReadModelStore` of
 * `@everfold/projections/testing`.
 */
export interface ReadModelStore extends RowWrites, RowQueries {}
