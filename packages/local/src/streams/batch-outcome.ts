import type { SequencedRecord } from './source.js';

/** What a function made of a batch. */
export type BatchOutcome =
  | { readonly kind: 'success' }
  /** `from` is the index of the first record that has to be delivered again; 0 is the whole batch. */
  | { readonly kind: 'failure'; readonly from: number; readonly reason: string };

/**
 * Reads a function's answer as Lambda does with `ReportBatchItemFailures`.
 *
 * No list, or an empty one, is a success. Else the lowest sequence number in it is where delivery starts over. An item
 * that names no record of the batch makes the whole batch a failure: what failed is unknown, and nothing may be lost.
 * Source: Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda".
 */
export function readAnswer(answer: unknown, records: readonly SequencedRecord[]): BatchOutcome {
  const failures = isObject(answer) ? answer.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return { kind: 'success' };
  if (!Array.isArray(failures)) return wholeBatch(`"batchItemFailures" is no list: ${JSON.stringify(failures)}`);
  if (failures.length === 0) return { kind: 'success' };

  const indexes = failures.map((item: unknown) => {
    const identifier = isObject(item) ? item.itemIdentifier : undefined;
    return records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === identifier);
  });
  const unknown = indexes.indexOf(-1);
  if (unknown >= 0) return wholeBatch(`a batch item failure names no record: ${JSON.stringify(failures[unknown])}`);
  const from = Math.min(...indexes);
  return { kind: 'failure', from, reason: `it reported record ${records[from]?.dynamodb.SequenceNumber} as failed` };
}

/** The outcome of a function that threw. */
export function readError(error: unknown): BatchOutcome {
  return wholeBatch(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

function wholeBatch(reason: string): BatchOutcome {
  return { kind: 'failure', from: 0, reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
