import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** The client that every system gets one of: the SDK's own HTTP handler, with connections kept alive. */
export function createClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient(configOf(endpoint));
}

/** The same for the event bus. */
export function createBusClient(endpoint: string): EventBridgeClient {
  return new EventBridgeClient(configOf(endpoint));
}

function configOf(endpoint: string) {
  return {
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 50 } },
  };
}
