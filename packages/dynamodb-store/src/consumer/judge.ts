import type { UnreadableRecord } from './commit-batch.js';

/** A commit whose record cannot be read, as far as the record tells of it. */
export interface UnreadableCommit {
  readonly stream: string;
  readonly version: number;
  /** Version of its last event, if the record tells. */
  readonly last: number | undefined;
  readonly commitId: string | undefined;
  readonly error: unknown;
}

/**
 * What becomes of a commit that cannot be handled: it has `failed`, and is delivered again with what comes after it; its
 * stream is `parked`, so both count as handled; or it is `skipped`, and its stream goes on.
 */
export type Verdict = 'failed' | 'parked' | 'skipped';

/** Decides about a commit. One that throws has the commit delivered again. */
export type JudgeCommit = (commit: UnreadableCommit) => Promise<Verdict>;

/** The records that cannot be read, by what becomes of them. */
export interface Judged {
  readonly failed: readonly UnreadableRecord[];
  readonly parked: readonly UnreadableRecord[];
}

/** Has records judged, each stream's in version order up to the first that is not skipped: what follows shares its fate. */
export async function judgeRecords(
  unreadable: readonly UnreadableRecord[],
  judge: JudgeCommit | undefined,
): Promise<Judged> {
  if (judge === undefined) return { failed: unreadable, parked: [] };
  const failed: UnreadableRecord[] = [];
  const parked: UnreadableRecord[] = [];
  const fates = new Map<string, { readonly version: number; readonly verdict: Verdict }>();
  for (const record of unreadable.toSorted((one, other) => (one.version ?? 0) - (other.version ?? 0))) {
    const { stream = '', version = 0 } = record;
    let fate = fates.get(stream);
    let { error } = record;
    if (fate === undefined || (fate.verdict === 'skipped' && fate.version !== version)) {
      const judged = await judgeOne(record, judge);
      fate = { version, verdict: judged.verdict };
      fates.set(stream, fate);
      error = judged.error;
    }
    if (fate.verdict === 'failed') failed.push({ ...record, error });
    if (fate.verdict === 'parked') parked.push(record);
  }
  return { failed, parked };
}

/** A record that does not tell its place has failed: nobody could find its commit again. */
async function judgeOne(
  { stream, version, last, commitId, error }: UnreadableRecord,
  judge: JudgeCommit,
): Promise<{ readonly verdict: Verdict; readonly error: unknown }> {
  if (stream === undefined || version === undefined) return { verdict: 'failed', error };
  try {
    return { verdict: await judge({ stream, version, last, commitId, error }), error };
  } catch (thrown) {
    const message = `${String(error)} It could not be told whether to park the stream.`;
    return { verdict: 'failed', error: new AggregateError([error, thrown], message) };
  }
}
