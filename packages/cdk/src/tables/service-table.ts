import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** A table as `CreateTable` is told of it: the plain data that code, tests and the local host make it from. */
export interface TableDefinition {
  readonly BillingMode: 'PAY_PER_REQUEST';
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
    readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
  readonly StreamSpecification?: { readonly StreamEnabled: true; readonly StreamViewType: string };
}

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

export interface ServiceTableProps {
  readonly definition: TableDefinition;
  /** The attribute by which DynamoDB removes items whose time is over. Default: none. */
  readonly timeToLive?: string;
  /** What becomes of the table with its stack. Default: it is kept, and cannot be deleted. `DESTROY` gives both up. */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
}

/**
 * A table that is made from the same plain data as by the code that uses it, so the two cannot disagree: on demand, with
 * point-in-time recovery, protected from deletion, kept when its stack goes.
 */
export class ServiceTable extends Construct {
  readonly tableName: string;
  readonly tableArn: string;
  /** ARNs of its indexes. */
  readonly indexArns: readonly string[];
  protected readonly table: CfnTable;

  constructor(scope: Construct, id: string, props: ServiceTableProps) {
    super(scope, id);
    const { definition, timeToLive, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { GlobalSecondaryIndexes: indexes = [], StreamSpecification: stream } = definition;
    this.table = new CfnTable(this, 'Table', {
      billingMode: definition.BillingMode,
      attributeDefinitions: definition.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
        attributeName: AttributeName,
        attributeType: AttributeType,
      })),
      keySchema: toKeySchema(definition.KeySchema),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtectionEnabled: removalPolicy === RemovalPolicy.RETAIN,
      ...(indexes.length > 0 && {
        globalSecondaryIndexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
          indexName: IndexName,
          keySchema: toKeySchema(KeySchema),
          projection: {
            projectionType: Projection.ProjectionType,
            ...(Projection.NonKeyAttributes && { nonKeyAttributes: [...Projection.NonKeyAttributes] }),
          },
        })),
      }),
      ...(stream && { streamSpecification: { streamViewType: stream.StreamViewType } }),
      ...(timeToLive !== undefined && { timeToLiveSpecification: { attributeName: timeToLive, enabled: true } }),
    });
    this.table.applyRemovalPolicy(removalPolicy);
    this.tableName = this.table.ref;
    this.tableArn = this.table.attrArn;
    this.indexArns = indexes.map(({ IndexName }) => `${this.tableArn}/index/${IndexName}`);
  }
}

function toKeySchema(elements: readonly KeyElement[]) {
  return elements.map(({ AttributeName, KeyType }) => ({ attributeName: AttributeName, keyType: KeyType }));
}
