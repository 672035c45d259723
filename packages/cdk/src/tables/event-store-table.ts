import { eventTable, eventTableTimeToLive } from '@everfold/dynamodb-store';
import type { Construct } from 'constructs';
import { ServiceTable, type ServiceTableProps } from './service-table.js';

/**
 * The event table, with its stream of new images and the time to live of claims. The store's own definition of it decides on
 * keys and stream.
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 *
 * const stack = new Stack(new App(), 'Shop');
 * const events = new EventStoreTable(stack, 'Events');
 * ```
 */
export class EventStoreTable extends ServiceTable {
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: Pick<ServiceTableProps, 'removalPolicy'> = {}) {
    const { AttributeName } = eventTableTimeToLive('').TimeToLiveSpecification;
    super(scope, id, { ...props, definition: eventTable(''), timeToLive: AttributeName });
    this.streamArn = this.table.attrStreamArn;
  }
}
