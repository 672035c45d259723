import { type Clock, InvalidArgumentError, systemClock } from '@everfold/core';
import type { Projection } from '../projection.js';
import type { ReadModelStore } from '../read-models/read-model-store.js';
import { readRebuild } from '../rebuild/rebuild-record.js';
import { SwitchRefusedError } from './errors.js';
import { LATE_MS, readLiveMark } from './live-projector.js';
import { loadServing, type Serving, saveServing } from './serving.js';
import { versionOf } from './version-of.js';

/** How reads are switched. */
export interface SwitchReadsOptions<TRow extends object> {
  /** The version that serves. */
  readonly from: Projection<TRow>;
  /** The version that is to serve. */
  readonly to: Projection<TRow>;
  readonly readModels: ReadModelStore;
  /**
   * Whether the live handler has to have left marks that prove it has caught up. `waived` when you know it otherwise: when
   * nothing was appended lately, or the handler is not made with `createLiveProjector`. Default `required`.
   */
  readonly proof?: 'required' | 'waived';
  readonly clock?: Clock;
}

/** The handler ran so long before the scan began: a scan may miss what was written a moment before it. */
const RAN_BEFORE_MS = 5_000;
/** A mark is no older. */
const FRESH_MS = 60_000;
/** The handler was not late for so long. */
const IN_TIME_FOR_MS = 30_000;

/**
 * Switches reads of a projection to another version. Readers follow within their cache time, without a failed read.
 *
 * It is refused unless it is known that the version has everything: its rebuild has finished, which brings all that was
 * recorded before it began; and its live handler ran before that and has been in time since, which brings all that came
 * after. Going back to the version that served before takes no rebuild: its handler has to have gone on.
 *
 * `from` and `to` may be one version: that only notes that it serves.
 *
 * Costs three reads of one read unit each, and one write unit.
 *
 * @throws SwitchRefusedError, with the reason.
 * @throws InvalidArgumentError when the versions are not of one projection.
 *
 * @example
 * ```ts
 * await switchReads({ from: orders, to: ordersV2, readModels });
 * ```
 */
export async function switchReads<TRow extends object>(options: SwitchReadsOptions<TRow>): Promise<Serving> {
  const { readModels, clock = systemClock } = options;
  const from = versionOf(options.from.rows);
  const to = versionOf(options.to.rows);
  if (from.name !== to.name) {
    throw new InvalidArgumentError(
      `${options.from.rows.id} and ${options.to.rows.id} are not versions of one projection. Reads are switched between versions.`,
    );
  }
  const refuse = (reason: string): never => {
    throw new SwitchRefusedError(to.name, to.version, reason);
  };
  const { note: pointer, revision } = await loadServing(readModels, to.name);
  if (pointer?.version === to.version) return pointer;
  if (pointer !== undefined && pointer.version !== from.version)
    refuse(`version ${pointer.version} serves, and not ${from.version}. See who has switched it.`);
  if (pointer?.dropping === to.version) refuse('it is being dropped. Build it anew.');
  if (from.version !== to.version) {
    const reason = await whyNot(options, pointer?.previous === to.version, clock.now());
    if (reason !== undefined) refuse(reason);
  }

  const note: Serving = {
    version: to.version,
    ...(from.version === to.version ? {} : { previous: from.version }),
    since: new Date(clock.now()).toISOString(),
    ...(pointer?.dropping === undefined ? {} : { dropping: pointer.dropping }),
  };
  const { saved } = await saveServing(readModels, to.name, { note, revision });
  if (!saved) refuse('somebody else was switching it at the same time. See which version serves, and try again.');
  return note;
}

/** Why a version is not known to have everything; `undefined` when it is. */
async function whyNot<TRow extends object>(
  { to, readModels, proof = 'required' }: SwitchReadsOptions<TRow>,
  hasServed: boolean,
  now: number,
): Promise<string | undefined> {
  const [record, mark] = await Promise.all([readRebuild(to.rows, readModels), readLiveMark(readModels, to.rows)]);
  if (!hasServed && record?.finished === undefined) {
    return record === undefined
      ? 'it was never built. Run rebuild.'
      : `its rebuild, begun ${record.since}, has not finished. Run rebuild again: it goes on.`;
  }
  if (proof === 'waived') return undefined;
  if (mark === undefined) {
    return 'no live handler has left a mark. Make it with createLiveProjector, or waive the proof when you know that it has caught up.';
  }
  if (!hasServed && record !== undefined && Date.parse(mark.since) + RAN_BEFORE_MS > Date.parse(record.since)) {
    return `its live handler is known to run since ${mark.since}, and the rebuild began ${record.since}: what was recorded between may be missing. Rebuild again, at least 5 seconds after the handler's first batch.`;
  }
  if (now - Date.parse(mark.at) > FRESH_MS) {
    return `its live handler was last seen ${mark.at}. See that it runs, or waive the proof when nothing was appended since.`;
  }
  if (mark.late !== undefined && now - Date.parse(mark.late) < IN_TIME_FOR_MS) {
    return `its live handler failed, or was more than ${LATE_MS / 1000} seconds late, at ${mark.late}. Wait until it has caught up.`;
  }
  return undefined;
}
