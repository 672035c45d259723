import type { EventPattern } from '@everfold/core';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.js';
import { deadLetterQueue } from './dead-letters.js';

/** How a function takes events from its queue. */
export interface QueueTuning {
  /**
   * How many events are handled at the same time, 2 to 1,000. Default 20: what waits, waits in the queue, and the account's
   * concurrency is left to those who answer people.
   */
  readonly maxConcurrency?: number;
}

export interface QueuedRuleProps extends QueueTuning {
  readonly function: ServiceFunction;
  /** How long one call may take. */
  readonly timeout: Duration;
  /** When the rule sends an event. */
  readonly rule:
    | { readonly busName: string; readonly pattern: EventPattern }
    /** A rate or cron expression. Schedules belong to the account's default bus. */
    | { readonly schedule: string };
  /** How often a failed event is tried again before it goes to the dead letters, 0 to 999. */
  readonly retries: number;
}

/**
 * A rule whose events a function takes from a queue of its own.
 *
 * A rule that calls a function itself has Lambda try a failed event twice more, within three minutes, whatever the rule says of
 * retries: its policy covers the way to Lambda only. From a queue an event comes back as often as it is said here, each time after
 * six times the function's timeout, and dead letters are sent back to it by SQS itself.
 * Source: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation" and "Creating and
 * configuring an Amazon SQS event source mapping".
 */
export class QueuedRule extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueuedRuleProps) {
    super(scope, id);
    const { function: consumer, rule, retries, timeout, maxConcurrency = 20 } = props;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: retries + 1 },
    });
    const { attrArn: ruleArn } = new CfnRule(this, 'Rule', {
      ...('schedule' in rule
        ? { scheduleExpression: rule.schedule }
        : { eventBusName: rule.busName, eventPattern: rule.pattern }),
      targets: [
        {
          id: 'Queue',
          arn: this.queue.queueArn,
          // The defaults of EventBridge, said aloud: a day, which is longer than any queue was ever away.
          retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.days(1).toSeconds() },
          deadLetterConfig: { arn: this.deadLetters.queueArn },
        },
      ],
    });
    for (const queue of [this.queue, this.deadLetters]) queue.addToResourcePolicy(allowRule(queue, ruleArn));
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: consumer.lambda.functionName,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      scalingConfig: { maximumConcurrency: maxConcurrency },
    });
    consumer.role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [this.queue.queueArn],
      }),
    );
    // Lambda refuses a mapping whose function may not read the queue yet.
    mapping.node.addDependency(consumer.role);
  }
}

function allowRule({ queueArn }: Queue, ruleArn: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:SendMessage'],
    principals: [new ServicePrincipal('events.amazonaws.com')],
    resources: [queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
  });
}
