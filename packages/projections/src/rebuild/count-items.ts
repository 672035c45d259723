import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { throwTranslated } from '@everfold/dynamodb-store';

/**
 * About how many items a table has, for `expectedCommits`: DynamoDB counts some every six hours. Costs one request, and no
 * capacity.
 * Source: DynamoDB API Reference, "TableDescription".
 *
 * @returns `undefined` when nothing was counted yet.
 *
 * @example
 * ```ts
 * const expectedCommits = await countItems(client, 'events');
 * ```
 */
export async function countItems(client: DynamoDBClient, tableName: string): Promise<number | undefined> {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table: table } = await client.send(command).catch(throwTranslated);
  return table?.ItemCount || undefined;
}
