import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const client = new EventBridgeClient({});

/** The least that a function which publishes can be. */
export const handler = async ({ detail }: { readonly detail: string }) =>
  client.send(new PutEventsCommand({ Entries: [{ Source: 'bare', DetailType: 'Happened', Detail: detail }] }));
