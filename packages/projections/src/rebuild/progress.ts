/** How far a rebuild has come, over all of its runs. */
export interface RebuildProgress {
  /** Streams that were begun. */
  readonly streams: number;
  readonly commits: number;
  readonly events: number;
  /** Streams that could not be applied. */
  readonly failedStreams: number;
  /** Events a second, since this run began. */
  readonly eventsPerSecond: number;
  /** About how many commits there are, where it is known. */
  readonly expectedCommits: number | undefined;
  /** About how many milliseconds are left, where it is known. */
  readonly remainingMs: number | undefined;
}

/** A terminal bar, as `SingleBar` of `cli-progress` is one. */
export interface Bar {
  start(total: number, value: number, payload?: object): void;
  update(value: number, payload?: object): void;
  setTotal(total: number): void;
}

/** The format of a bar that shows a rebuild, for `cli-progress`. */
export const rebuildBarFormat =
  'rebuild {bar} {percentage}% | {remaining} to go | {events} events, {eventsPerSecond}/s | {streams} streams';

/**
 * Shows a rebuild on a terminal bar: an `onProgress` that starts the bar and moves it on. Stop the bar yourself, when the
 * rebuild is over.
 *
 * @param bar - Such as `SingleBar` of `cli-progress`, with `rebuildBarFormat` as its format.
 *
 * @example
 * ```ts
 * import { SingleBar } from 'cli-progress';
 *
 * const bar = new SingleBar({ format: rebuildBarFormat, noTTYOutput: true });
 * await rebuild({ projection: orders, eventStore, readModels, onProgress: showRebuild(bar) }).finally(() => bar.stop());
 * ```
 */
export function showRebuild(bar: Bar): (progress: RebuildProgress) => void {
  let started = false;
  return (progress) => {
    // Of what is not known, nothing is done; and the table's count is hours old: a bar must not come past its end.
    const { commits, streams, events, expectedCommits = Number.POSITIVE_INFINITY } = progress;
    const total = Math.max(expectedCommits, commits);
    const payload = {
      streams: streams.toLocaleString('en'),
      events: events.toLocaleString('en'),
      eventsPerSecond: Math.round(progress.eventsPerSecond).toLocaleString('en'),
      remaining: inWords(progress.remainingMs),
    };
    if (!started) bar.start(total, commits, payload);
    started = true;
    bar.setTotal(total);
    bar.update(commits, payload);
  };
}

function inWords(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return 'unknown';
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}m${seconds % 60}s`
    : `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}
