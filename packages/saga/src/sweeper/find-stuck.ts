import type { SagaReader, SagaRun } from '../tracker/saga-reader.js';
import { lastIntervalEnd, windowsAt } from './windows.js';

/** Whose turn is when. */
export interface Turn {
  readonly nowMs: number;
  /** Between two calls, milliseconds. */
  readonly everyMs: number;
  /** Runs at the most. */
  readonly limit: number;
}

/** The runs that are stuck and whose turn it is, and whether that is all of them. */
export interface Stuck {
  readonly runs: readonly SagaRun[];
  readonly isComplete: boolean;
}

const LARGEST_PAGE = 100;

/** Finds the runs whose turn it is: none is read of which it is not. */
export async function findStuck(reader: Pick<SagaReader, 'stuck'>, { nowMs, everyMs, limit }: Turn): Promise<Stuck> {
  const [oldest] = (await reader.stuck({ now: lastIntervalEnd(nowMs, everyMs), limit: 1 })).runs;
  const windows = oldest?.due === undefined ? [] : windowsAt(nowMs, everyMs, Date.parse(oldest.due));
  const runs: SagaRun[] = [];
  for (const window of windows) {
    let cursor: string | undefined;
    do {
      if (runs.length === limit) return { runs, isComplete: false };
      const page = await reader.stuck({
        ...window,
        limit: Math.min(LARGEST_PAGE, limit - runs.length),
        ...(cursor === undefined ? {} : { cursor }),
      });
      runs.push(...page.runs);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return { runs, isComplete: true };
}
