import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The client that every system gets one of: the SDK's own HTTP handler, with connections kept alive. */
export function createClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 50 } },
  });
}
