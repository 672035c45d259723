import { handler as onDynamoDB } from './dynamodb.js';
import { handler as publishing } from './eventbridge.js';

/** The least that a function on DynamoDB which publishes can be. */
export const handler = async (event: { readonly id: string; readonly detail: string }) => {
  await onDynamoDB(event);
  return publishing(event);
};
