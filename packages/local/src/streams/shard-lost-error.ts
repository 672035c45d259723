import { EverfoldError } from '@everfold/core';

/** A shard that was being read is not there any more: it, its stream or its table was removed. */
export class ShardLostError extends EverfoldError<'SHARD_LOST'> {
  readonly shardId: string;
  readonly streamArn: string;

  constructor(shardId: string, streamArn: string, options?: ErrorOptions) {
    super(
      'SHARD_LOST',
      `Shard ${shardId} of ${streamArn} is gone. What was not read of it is lost; start over if the table was made anew.`,
      options,
    );
    this.shardId = shardId;
    this.streamArn = streamArn;
  }
}
