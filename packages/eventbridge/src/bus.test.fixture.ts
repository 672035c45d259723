import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { RecordedEvent } from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { toEntry } from './envelope.js';

/** Says why an entry is refused, or nothing. */
export type Refuse = (entry: PutEventsRequestEntry, request: number) => string | undefined;

/** A server that answers PutEvents as EventBridge does, refuses what it is told to, and remembers what it was sent. */
export async function startFakeBus(refuse: Refuse = () => undefined) {
  const requests: PutEventsRequestEntry[][] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const entries: PutEventsRequestEntry[] = JSON.parse(body).Entries;
      requests.push(entries);
      const answers = entries.map((entry, index) => {
        const reason = refuse(entry, requests.length);
        return reason === undefined ? { EventId: `e${index}` } : { ErrorCode: reason, ErrorMessage: 'refused' };
      });
      const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ FailedEntryCount, Entries: answers }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  return {
    client,
    requests,
    /** Types of the entries, request by request. */
    sent: () => requests.map((entries) => entries.map(({ DetailType }) => DetailType)),
    stop: () => {
      client.destroy();
      server.closeAllConnections();
      return new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** A recorded event as the bus delivers it. */
export function deliveryOf(event: RecordedEvent): EventBridgeEvent<string, unknown> {
  return deliveryOfEntry(toEntry(event, { busName: 'orders', source: 'shop.orders' }));
}

/** An entry as the bus delivers it. */
export function deliveryOfEntry({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry) {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    account: '123456789012',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-central-1',
    resources: [],
    source: Source,
    'detail-type': DetailType,
    detail: JSON.parse(Detail),
  };
}
