import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { surrounding } from './provided.js';

/** The client of the service's own tables: one, so that its connections are shared. */
export const dynamoDB = surrounding('dynamoDB', () => new DynamoDBClient({}));
