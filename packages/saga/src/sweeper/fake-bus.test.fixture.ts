import { EventBridgeClient, type PutEventsCommandInput, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** Says why an entry is refused, or nothing. */
export type Refuse = (entry: PutEventsRequestEntry) => string | undefined;

/** A bus that takes what it is given, refuses what it is told to, and remembers its requests. */
export function fakeBus(refuse: Refuse = () => undefined) {
  const requests: PutEventsRequestEntry[][] = [];
  const client = new EventBridgeClient({ region: 'local', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        const { Entries: entries = [] } = input as PutEventsCommandInput;
        requests.push(entries);
        const Entries = entries.map((entry, index) => {
          const reason = refuse(entry);
          return reason === undefined ? { EventId: `e${index}` } : { ErrorCode: reason, ErrorMessage: 'refused' };
        });
        const FailedEntryCount = Entries.filter(({ EventId }) => EventId === undefined).length;
        return { response: undefined, output: { $metadata: {}, FailedEntryCount, Entries } };
      },
    { step: 'initialize' },
  );
  return {
    bus: { client, busName: 'orders', source: 'shop' },
    requests,
    /** `<type>` of each event, `<saga>/<step>/<key>` of each timer, in order. */
    sent: () =>
      requests.flat().map(({ DetailType = '', Detail = '{}' }) => {
        const { saga, step, key } = JSON.parse(Detail);
        return DetailType === 'SagaTimer' ? `${saga}/${step}/${key}` : DetailType;
      }),
  };
}
