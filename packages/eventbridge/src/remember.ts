import {
  type Append,
  causedBy,
  checkCategory,
  isEverfoldError,
  type Metadata,
  type RecordedEvent,
  type RetryOptions,
  retryOf,
  type StreamPart,
  type StreamStore,
  startOf,
  streamName,
  type TransactionPart,
} from '@everfold/core';

/** Where a consumer remembers what it has handled. */
export interface Remember<TStore extends StreamStore = StreamStore> extends RetryOptions {
  /** Decisions that claim or release take an `EventStore`. */
  readonly store: TStore;
  /** Who remembers, such as `notifications`: each consumer has a memory of its own. Letters, digits, "_" and "." only. */
  readonly consumer: string;
  /**
   * Where handling acts. `store`: on nothing but what it returns, which is written together with the memory, all or nothing,
   * so the memory need not be asked first. `outside`: elsewhere, or on both. Default `outside`.
   */
  readonly effect?: 'store' | 'outside';
}

/** A part of what handling an event decides. Without metadata, an append is recorded as caused by the event. */
export type DecidedPart<TPart = StreamPart> =
  | (Omit<Append, 'metadata'> & Partial<Pick<Append, 'metadata'>>)
  | Exclude<TPart, Append>;

/** What handling an event decides; `undefined` stands for a decision that comes to nothing. */
export type Decisions<TPart = StreamPart> = readonly (DecidedPart<TPart> | undefined)[];

/** The handling of an event. */
type Handling = () => Promise<Decisions<TransactionPart> | undefined> | Promise<void>;

/** Handles an event at most once, as far as {@link Remember} says. */
export type Once = (event: RecordedEvent, handle: Handling) => Promise<void>;

/** Writes the kinds of parts that decisions for the store have: those it takes. Any other it refuses. */
interface Writer {
  transact(parts: readonly TransactionPart[]): Promise<unknown>;
}

/** Marks an event as handled. Reserved, so that it is neither published nor projected. */
const HANDLED = '$handled';

/**
 * Makes the memory of a consumer: a stream for each event that it has handled, of one small commit. Its first version can
 * be written once only, so the write that remembers an event is also the one that finds a duplicate.
 *
 * @throws InvalidArgumentError when the consumer is not a name, or `attempts` is not a whole number from 1.
 */
export function toOnce({ store, consumer, effect = 'outside', ...options }: Remember): Once {
  const writer: Writer = store;
  const category = `handled.${consumer}`;
  checkCategory(category);
  const retry = retryOf(options);

  return async (event, handle) => {
    const stream = streamName(category, event.id);
    const metadata = causedBy(event);
    const memory: Append = { after: startOf(stream), events: [{ type: HANDLED, data: {} }], metadata };
    const isRemembered = async () => (await store.load(stream)).commits.length > 0;

    if (effect === 'outside' && (await isRemembered())) return;
    await retry(async () => {
      try {
        const decisions = (await handle()) ?? [];
        await writer.transact([memory, ...toParts(decisions, metadata)]);
      } catch (error) {
        // A conflict over the memory without a winner is a transaction under way, which may come to nothing.
        if (isWonBy(error, stream) || (await isRemembered().catch(() => false))) return;
        throw error;
      }
    });
  };
}

function toParts(decisions: Decisions<TransactionPart>, metadata: Metadata): TransactionPart[] {
  return decisions.flatMap((part): TransactionPart[] => {
    if (part === undefined) return [];
    return 'after' in part ? [{ metadata, ...part }] : [part];
  });
}

/** Whether somebody else's commit stands at the beginning of the stream. */
function isWonBy(error: unknown, stream: string): boolean {
  if (!isEverfoldError(error, 'CONFLICT') || !('stream' in error) || !('winner' in error)) return false;
  return error.stream === stream && error.winner !== undefined;
}
