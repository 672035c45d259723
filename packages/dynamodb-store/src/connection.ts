import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';

/** What one operation of the store took. */
export interface OperationReport {
  /** The method of the store, such as `append`. */
  readonly operation: string;
  /** The stream it was about; of a transaction, the first one. */
  readonly stream: string | undefined;
  /** Requests sent, repeated ones too. */
  readonly requests: number;
  /** Those of them that repeated one. */
  readonly retries: number;
  /** Read units, as DynamoDB reported them. A request that failed reports none. */
  readonly readUnits: number;
  /** Write units, as DynamoDB reported them. */
  readonly writeUnits: number;
  /** Bytes of what was written or handed out, as DynamoDB counts them. Units are of whole items, whatever was asked of them. */
  readonly bytes: number;
  readonly durationMs: number;
  /** What the operation threw. */
  readonly error: unknown;
}

/** Hears of every operation when it is over. */
export type OperationListener = (report: OperationReport) => void;

/** What requests are sent with. */
export interface ConnectionOptions {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds in which an operation may begin another attempt. */
  readonly budgetMs: number;
  readonly onOperation: OperationListener | undefined;
}

/** Between attempts, on top of what the SDK waits by itself. */
const RETRY_BACKOFF: Backoff = { firstMs: 25, longestMs: 1_000 };

interface Answer {
  readonly $metadata: { readonly attempts?: number | undefined };
  readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined;
}

/** Sends the requests of one operation, within its time, and adds up what they take. */
export class Operation {
  readonly #options: ConnectionOptions;
  readonly #began: number;
  readonly #taken;

  constructor(options: ConnectionOptions, operation: string, stream: string | undefined) {
    this.#options = options;
    this.#began = options.clock.now();
    this.#taken = { operation, stream, requests: 0, retries: 0, readUnits: 0, writeUnits: 0, bytes: 0 };
  }

  /** Whether anybody wants to know what requests take. */
  get isObserved(): boolean {
    return this.#options.onOperation !== undefined;
  }

  /** What every request asks for, so that its consumption is known. Asking is free. */
  get ask(): { readonly ReturnConsumedCapacity?: 'TOTAL' } {
    return this.isObserved ? { ReturnConsumedCapacity: 'TOTAL' } : {};
  }

  /** What it took so far. */
  get taken(): Readonly<Pick<OperationReport, 'requests' | 'readUnits'>> {
    return this.#taken;
  }

  /** Counts the bytes of items, where anybody wants to know. */
  count(bytes: () => number): void {
    if (this.isObserved) this.#taken.bytes += bytes();
  }

  /**
   * Sends a request, again and again while that can help and there is time.
   *
   * @param send - Sends it once; the SDK may repeat it by itself.
   * @param kind - Which units it consumes.
   * @param canHelp - Whether sending it again can, after an error.
   * @throws What the last attempt threw, as the SDK threw it.
   */
  async send<TOutput extends Answer>(
    kind: 'read' | 'write',
    send: () => Promise<TOutput>,
    canHelp: (error: unknown) => boolean,
  ): Promise<TOutput> {
    const { clock, random, budgetMs } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await send();
        this.#tally(kind, output, attempt);
        return output;
      } catch (error) {
        this.#tally(kind, answerIn(error), attempt);
        if (!canHelp(error)) throw error;
        const delay = jitteredDelay(attempt, RETRY_BACKOFF, random);
        if (clock.now() + delay - this.#began >= budgetMs) throw error;
        await clock.sleep(delay);
      }
    }
  }

  /** Reports the operation as done. */
  done(error?: unknown): void {
    const { onOperation, clock } = this.#options;
    onOperation?.({ ...this.#taken, durationMs: clock.now() - this.#began, error });
  }

  #tally(kind: 'read' | 'write', { $metadata: { attempts = 1 }, ConsumedCapacity }: Answer, attempt: number): void {
    const taken = this.#taken;
    taken.requests += attempts;
    taken.retries += attempt === 1 ? attempts - 1 : attempts;
    for (const { CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat()) taken[`${kind}Units`] += CapacityUnits;
  }
}

function answerIn(error: unknown): Answer {
  const isAnswer = (value: unknown): value is Answer =>
    typeof value === 'object' && value !== null && '$metadata' in value && typeof value.$metadata === 'object';
  return isAnswer(error) ? error : { $metadata: {} };
}
