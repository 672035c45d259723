import type { Context, SQSEvent } from 'aws-lambda';

/** A handler of a rule: an event, and what it makes of it. */
type RuleHandler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Puts the handler of a rule behind a queue: it gets the event that the rule has put there, as if the rule had called it.
 *
 * The queue's mapping hands over one message at a time, so what is thrown brings back this event alone.
 *
 * @throws Error when the batch is another one.
 *
 * @example
 * ```ts
 * export const queuedHandler = queued(handler);
 * ```
 */
export function queued(handler: RuleHandler): (batch: SQSEvent, context: Context) => Promise<void> {
  return async ({ Records: records }, context) => {
    const [record] = records;
    if (record === undefined || records.length > 1) {
      throw new Error(`The queue handed over ${records.length} messages. Set the batch size of its mapping to 1.`);
    }
    await handler(JSON.parse(record.body), context);
  };
}
