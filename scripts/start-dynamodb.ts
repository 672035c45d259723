// Vitest's global setup of the integration tests: one DynamoDB for all workers, each with tables of its own.
import { type RunningDynamoDB, startDynamoDB } from '../packages/local/src/dynamodb/start-dynamodb.js';

let dynamodb: RunningDynamoDB | undefined;

export async function setup(): Promise<void> {
  // Tests begin with nothing, whatever a developer keeps elsewhere.
  dynamodb = await startDynamoDB({ environment: { ...process.env, EVERFOLD_DATA_DIR: undefined } });
  if (!dynamodb) throw new Error('Integration tests need a DynamoDB. Unset EVERFOLD_DYNAMODB=memory.');
  // Workers inherit the environment as it is when setup ends.
  process.env.DYNAMODB_ENDPOINT = dynamodb.endpoint;
  process.env.AWS_REGION ??= 'eu-west-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  console.log(`DynamoDB: ${dynamodb.backend} at ${dynamodb.endpoint}`);
}

export async function teardown(): Promise<void> {
  await dynamodb?.stop();
}
