import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * A queue for what could not be delivered: kept for 14 days, the longest that SQS has, encrypted, reached over TLS only.
 * Source: Amazon SQS API Reference, "SetQueueAttributes", MessageRetentionPeriod.
 */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is itself the one for dead letters: an alarm watches it, and a person empties it.',
  });
  return queue;
}
