import { InvalidArgumentError } from '@everfold/core';
import {
  createStreamConsumer,
  type FailureListener,
  type HandleCommits,
  type StreamHandler,
} from '@everfold/dynamodb-store';
import {
  besideRows,
  createProjector,
  inRows,
  type ProjectingOptions,
  type ProjectorOptions,
  projectorKeeping,
} from './apply/projector.js';
import { type AppliedListener, listened } from './lag.js';
import { judgeUnreadable } from './parking/parking.js';
import type { Positions, Projection } from './projection.js';
import type { BesideRowsWrites, InRowWrites } from './read-models/read-model-store.js';

/** Who hears of what the handler of a projection does. */
export interface ProjectionListeners {
  /** Hears of every failure. Default: one line of JSON each, on standard error. */
  readonly onFailure?: FailureListener;
  /** Hears what every batch came to, and how long after it was recorded. Costs nothing. */
  readonly onApplied?: AppliedListener;
}

/** What the handler of a projection works with. */
export interface ProjectionHandlerOptions<TRow extends object> extends ProjectorOptions<TRow>, ProjectionListeners {}

/** What the handler of a projection works with that keeps its positions in its rows. */
export interface InRowHandlerOptions<TRow extends object> extends ProjectingOptions<TRow>, ProjectionListeners {
  readonly readModels: InRowWrites;
}

/** What the handler of a projection works with that keeps its positions beside its rows. */
export interface BesideRowsHandlerOptions<TRow extends object> extends ProjectingOptions<TRow>, ProjectionListeners {
  readonly readModels: BesideRowsWrites;
}

/**
 * Makes the Lambda handler that keeps the rows of a projection up to date from the event table's stream. It answers with
 * the records that were not applied, so the event source mapping needs `ReportBatchItemFailures`.
 *
 * Costs for a batch that changes R rows by S streams, when nothing failed, was missing or was contended for:
 * - positions in the rows: one BatchGetItem for 100 rows, and R PutItem: a read unit for each 4 KB, a write unit for each
 *   KB of each row;
 * - positions beside the rows: one TransactWriteItems for 100 of R + S items, two write units for each KB of each item.
 *   Rows that are not only added to are read first, as above.
 *
 * A listed row costs as much again for the index, and twice as much again when its place changes. A process that has not
 * seen a stream yet reads its position: from the rows, or for one read unit. A gap costs one Query of the event table, and
 * so does every stretch of commits that a filter of the event source mapping keeps away.
 *
 * @example
 * ```ts
 * export const handler = projectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function projectionHandler<TRow extends object>(options: ProjectionHandlerOptions<TRow>): StreamHandler {
  return handlerOf(options, createProjector(options));
}

/**
 * The same as {@link projectionHandler}, for a projection that keeps its positions in its rows, which is the default: a bundle has
 * less code with it. It reads every row before it writes it, as that one does unless rows are likely new.
 *
 * @throws InvalidArgumentError when the projection keeps its positions beside its rows.
 *
 * @example
 * ```ts
 * export const handler = inRowProjectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function inRowProjectionHandler<TRow extends object>(options: InRowHandlerOptions<TRow>): StreamHandler {
  checkPositions(options.projection, 'in-row');
  return handlerOf(options, projectorKeeping(options, inRows(options.readModels)));
}

/**
 * The same as {@link projectionHandler}, for a projection that keeps its positions beside its rows: a bundle has less code with it.
 *
 * @throws InvalidArgumentError when the projection keeps its positions in its rows.
 *
 * @example
 * ```ts
 * export const handler = besideRowsProjectionHandler({ projection: revenue, eventStore, readModels });
 * ```
 */
export function besideRowsProjectionHandler<TRow extends object>(
  options: BesideRowsHandlerOptions<TRow>,
): StreamHandler {
  checkPositions(options.projection, 'beside-rows');
  return handlerOf(options, projectorKeeping(options, besideRows(options.readModels)));
}

function checkPositions<TRow extends object>({ rows, positions }: Projection<TRow>, expected: Positions): void {
  if (positions === expected) return;
  throw new InvalidArgumentError(
    `Projection "${rows.id}" keeps its positions ${positions}, and this handler ${expected}. Make it with projectionHandler.`,
  );
}

function handlerOf<TRow extends object>(
  { onFailure, onApplied, projection, clock, parking }: ProjectingOptions<TRow> & ProjectionListeners,
  project: HandleCommits,
): StreamHandler {
  const listening = { projection: projection.rows.id, onApplied, clock };
  return createStreamConsumer({
    handle: listened(project, listening),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(parking === undefined ? {} : { judge: judgeUnreadable(projection.rows.id, parking, clock) }),
  });
}
