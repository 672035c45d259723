import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** What the bus said of an entry that it did not take. */
export interface Refusal {
  readonly reason: string;
  readonly retryable: boolean;
}

/** Source: EventBridge API Reference, "PutEventsResultEntry", non-retryable errors. */
const FINAL = new Set([
  'AccessDeniedException',
  'InvalidAccountIdException',
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
]);

/**
 * Puts entries on the bus in one request. It does not throw: an entry of which the bus does not say that it was taken was refused.
 *
 * @param entries - 1 to 10, of 256 KB together. Source: EventBridge API Reference, "PutEvents".
 * @returns For each entry, in order, why the bus refused it, or `undefined`.
 */
export async function putEntries(
  entries: readonly PutEventsRequestEntry[],
  client: EventBridgeClient,
): Promise<(Refusal | undefined)[]> {
  try {
    const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    return entries.map((_entry, index) => {
      const { EventId, ErrorCode, ErrorMessage = 'the bus did not say what became of it' } = answers[index] ?? {};
      if (EventId !== undefined && ErrorCode === undefined) return undefined;
      return { reason: `${ErrorCode ?? 'NoAnswer'}: ${ErrorMessage}`, retryable: !FINAL.has(ErrorCode ?? '') };
    });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return entries.map(() => ({ reason, retryable: true }));
  }
}
