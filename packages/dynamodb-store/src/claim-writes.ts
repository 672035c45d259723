import { ClaimTakenError, type PreparedPart, preparePart, type TransactionPart } from '@everfold/core';
import { claimItemKey, EXPIRES, holderIn, toClaimItem } from './claim-item.js';
import { type PartKinds, streamParts } from './writes.js';

/** Appends and checks, claims and releases. */
export const allParts: PartKinds<TransactionPart, PreparedPart> = {
  prepare: preparePart,
  toWrites(part, context, transaction) {
    if (part.kind === 'append' || part.kind === 'check') return streamParts.toWrites(part, context, transaction);
    const condition = {
      TableName: context.tableName,
      ExpressionAttributeNames: { '#stream': 'stream', '#expires': EXPIRES },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    const now = { ':now': { N: String(Math.floor(transaction.now / 1000)) } };
    const claim = {
      ...condition,
      Item: toClaimItem(part, transaction.id),
      ConditionExpression: 'attribute_not_exists(#stream) OR #expires <= :now',
      ExpressionAttributeValues: now,
    };
    const release = {
      ...condition,
      Key: claimItemKey(part.key),
      ConditionExpression: 'attribute_not_exists(#stream) OR #by = :by OR #expires <= :now',
      ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#by': 'by' },
      ExpressionAttributeValues: { ':by': { S: part.by }, ...now },
    };
    return [
      {
        item: part.kind === 'claim' ? { Put: claim } : { Delete: release },
        refusal: (found, cause) => new ClaimTakenError(part.key, holderIn(found, context.clock.now()), { cause }),
      },
    ];
  },
};
