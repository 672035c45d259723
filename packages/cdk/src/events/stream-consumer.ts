import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.js';
import type { EventStoreTable } from '../tables/event-store-table.js';
import { deadLetterQueue } from './dead-letters.js';

/** How a function reads the stream. */
export interface StreamTuning {
  /** Only commits of streams of these categories. Default: all. */
  readonly categories?: readonly string[];
  /**
   * Only commits with an event of these types. Default: all. For a function that keeps no positions, such as a publisher: a
   * projection takes what is left out for a gap, and reads it from the table.
   */
  readonly types?: readonly string[];
  /**
   * How many batches of a shard are handled at once, 1 to 10. Default 1. With more, the commits of one stream come in any order:
   * projections bear that, at the price of a Query for each gap.
   */
  readonly parallelBatches?: number;
  /** Records that are older go to the dead letters untried, a minute or more. Default: when they leave the stream, after a day. */
  readonly maxRecordAge?: Duration;
}

export interface StreamConsumerProps extends StreamTuning {
  readonly function: ServiceFunction;
  readonly table: EventStoreTable;
  /** Records a batch at the most, 1 to 10,000. Default 100. */
  readonly batchSize?: number;
  /** How long records are gathered for a batch, seconds, 0 to 300. Default 0. */
  readonly windowSeconds?: number;
  /** How often a failed batch is tried again before what failed in it goes to the dead letters. Default 10. */
  readonly retries?: number;
}

/**
 * Has a function read the event table's stream from its oldest record on: what it reports as failed is delivered again, a batch that
 * fails as a whole is halved, and where no retry helps, the dead letters are told which records were passed over.
 *
 * Source: Lambda Developer Guide, "Lambda parameters for Amazon DynamoDB event source mappings".
 */
export class StreamConsumer extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { function: consumer, table, batchSize = 100, retries = 10, parallelBatches = 1, maxRecordAge } = props;
    const { windowSeconds = 0 } = props;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const filter = filterOf(props);
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: consumer.lambda.functionName,
      eventSourceArn: table.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize,
      maximumBatchingWindowInSeconds: windowSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: retries,
      parallelizationFactor: parallelBatches,
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
      ...(maxRecordAge && { maximumRecordAgeInSeconds: maxRecordAge.toSeconds() }),
      ...(filter && { filterCriteria: { filters: [{ pattern: JSON.stringify(filter) }] } }),
    });
    // Source: DynamoDB Developer Guide, "IAM policy to allow an AWS Lambda function to access DynamoDB stream records".
    consumer.role.addToPolicy(
      new PolicyStatement({
        actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
        resources: [table.streamArn],
      }),
    );
    consumer.role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
    );
    // Lambda refuses a mapping whose function may not read the stream yet.
    mapping.node.addDependency(consumer.role);
  }
}

/**
 * What Lambda asks of a record before it calls the function: records that do not fit cost nothing. It can filter on `dynamodb` only.
 * Source: Lambda Developer Guide, "Using event filtering with a DynamoDB event source".
 */
function filterOf({ categories, types }: StreamTuning) {
  if (categories === undefined && types === undefined) return undefined;
  return {
    dynamodb: {
      ...(categories && { Keys: { stream: { S: categories.map((category) => ({ prefix: `${category}-` })) } } }),
      ...(types && { NewImage: { types: { SS: types } } }),
    },
  };
}
