import { linkTraces } from '@everfold/core/opentelemetry';
import { readRecordHead } from '@everfold/dynamodb-store';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { observed } from './observed.js';

/** Has a function that is fed by the table's stream be observed: see {@link observed}. */
export function observedBatch<TArguments extends readonly [DynamoDBStreamEvent, ...unknown[]], TResult>(
  handler: (...given: TArguments) => Promise<TResult>,
): (...given: TArguments) => Promise<TResult> {
  return observed(handler, (event) => {
    const { Records: records = [] } = event as Partial<DynamoDBStreamEvent>;
    const heads = records.flatMap((record) => readRecordHead(record) ?? []);
    return {
      name: 'stream',
      level: 'debug',
      heads,
      subject: { commits: heads.length },
      // A batch is of many traces.
      traced: (work) =>
        linkTraces(
          heads.map(({ metadata }) => metadata),
          'process stream',
          work,
        ),
    };
  });
}
