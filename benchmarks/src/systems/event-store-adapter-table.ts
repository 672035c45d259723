import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The journal and the snapshot table of its DATABASE_SCHEMA.md: the same keys, and an index of all attributes. */
export function eventStoreAdapterTable(table: string, index: string): CreateTableCommandInput {
  return {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pkey', AttributeType: 'S' },
      { AttributeName: 'skey', AttributeType: 'S' },
      { AttributeName: 'aid', AttributeType: 'S' },
      { AttributeName: 'seq_nr', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pkey', KeyType: 'HASH' },
      { AttributeName: 'skey', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: index,
        KeySchema: [
          { AttributeName: 'aid', KeyType: 'HASH' },
          { AttributeName: 'seq_nr', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
}
