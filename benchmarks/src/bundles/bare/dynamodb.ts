import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** The least that a function on DynamoDB can be. */
export const handler = async ({ id }: { readonly id: string }) => {
  await client.send(new PutItemCommand({ TableName: 'rows', Item: { id: { S: id } } }));
  return client.send(new GetItemCommand({ TableName: 'rows', Key: { id: { S: id } } }));
};
