import { DynamoDBServiceException, type TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { throttled, translate } from '@everfold/dynamodb-store';
import { ReadModelRefusedError } from '../../errors.js';
import type { Transaction, TransactOutcome } from '../read-model-store.js';
import { begunOf, fromRowItem, positionOf } from './row-item.js';

/** Translates what the SDK throws on a write into an error of Everfold, or hands it back as it is. */
export function translateWriteError(error: unknown, what: string): unknown {
  if (error instanceof DynamoDBServiceException && error.name === 'ValidationException') {
    return new ReadModelRefusedError(what, error.message, { cause: error });
  }
  return translate(error);
}

/** What a cancelled transaction tells about those that were first. The reasons are in the order of the items. */
export function outcomeOf(error: TransactionCanceledException, { advances, writes }: Transaction): TransactOutcome {
  const failedItem = (index: number) => {
    const reason = error.CancellationReasons?.[index];
    return reason?.Code === 'ConditionalCheckFailed' ? [reason.Item] : [];
  };
  const ahead = advances.flatMap(({ stream }, index) => failedItem(index).map((item) => ({ stream, item })));
  const begun = ahead.filter(({ item }) => begunOf(item) > 0);
  return {
    done: false,
    positions: new Map(ahead.map(({ stream, item }) => [stream, positionOf(item)])),
    ...(begun.length === 0 ? {} : { begun: new Map(begun.map(({ stream, item }) => [stream, begunOf(item)])) }),
    rows: new Map(
      writes.flatMap(({ key }, index) => failedItem(advances.length + index).map((item) => [key, fromRowItem(item)])),
    ),
  };
}

/** Translates a cancellation that no other attempt mends; `undefined` when one may. */
export function translateCancellation(error: TransactionCanceledException, what: string): unknown {
  const reasons = error.CancellationReasons ?? [];
  const refused = reasons.find(({ Code }) => Code === 'ValidationError');
  if (refused !== undefined)
    return new ReadModelRefusedError(what, refused.Message ?? 'DynamoDB does not say why', { cause: error });
  const tooFast = reasons.some(({ Code }) => Code === 'ThrottlingError' || Code === 'ProvisionedThroughputExceeded');
  if (tooFast) return throttled(error);
  return reasons.length === 0 ? error : undefined;
}
