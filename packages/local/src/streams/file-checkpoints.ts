import { LineLog, type LineLogOptions } from '../state/line-log.js';
import type { Checkpoint, CheckpointKey, Checkpoints } from './checkpoints.js';

/** Positions in a file: the next process on this machine finds them. Close them to close the file. */
export interface FileCheckpoints extends Checkpoints {
  /** Resolves once everything is in the file. Nothing may be saved any more. */
  close(): Promise<void>;
}

/** A line of the file. `after` is `null` when the consumer is done with the shard. */
type Line = CheckpointKey & { readonly after: string | null };

/**
 * Opens the positions that are kept in a file, which is made if it is not there.
 *
 * A position is in the file once `save` has resolved: one write, a hundred bytes or two. It outlives a process that is
 * killed, not a power failure right after; what is lost then is delivered a second time.
 *
 * @throws StateUnreadableError when the file holds something else.
 */
export async function openFileCheckpoints(options: LineLogOptions): Promise<FileCheckpoints> {
  const lines = new Map<string, Line>();
  const keep = (line: Line) => lines.set(JSON.stringify([line.consumer, line.source, line.shard]), line);
  const log = await LineLog.open(options, {
    replay: (line) => keep(toLine(line)),
    snapshot: () => lines.values(),
  });
  return {
    load: async ({ consumer, source, shard }) => toCheckpoint(lines.get(JSON.stringify([consumer, source, shard]))),
    save: async ({ consumer, source, shard }, checkpoint) => {
      const line = { consumer, source, shard, after: checkpoint === 'SHARD_END' ? null : checkpoint.after };
      keep(line);
      await log.append([line]);
    },
    close: () => log.close(),
  };
}

function toCheckpoint(line: Line | undefined): Checkpoint | undefined {
  if (line === undefined) return undefined;
  return line.after === null ? 'SHARD_END' : { after: line.after };
}

function toLine(value: unknown): Line {
  if (isLine(value)) return value;
  throw new TypeError('This is no checkpoint.');
}

function isLine(value: unknown): value is Line {
  if (typeof value !== 'object' || value === null) return false;
  const { consumer, source, shard, after }: Partial<Record<keyof Line, unknown>> = value;
  const names = [consumer, source, shard];
  return names.every((name) => typeof name === 'string') && (after === null || typeof after === 'string');
}
