import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBBooks } from '../world/dynamodb-books.js';
import { once, surrounding } from './provided.js';
import { variable } from './variable.js';

/** Not the service's own client: its meter is not to count what others do. */
const client = once(() => new DynamoDBClient({}));

/** The books of the simulated payment provider, carrier and mailer, by their names. */
export const books = surrounding(
  'books',
  () => (name) => new DynamoDBBooks({ client: client(), tableName: variable('BOOKS_TABLE'), name }),
);
