import { readModelTable, readModelTableTimeToLive } from '@everfold/projections';
import type { Construct } from 'constructs';
import { ServiceTable, type ServiceTableProps } from './service-table.js';

/**
 * The table of all read models of a service. It could be built anew from the events, but is kept all the same: that takes time.
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 *
 * const readModels = new ReadModelTable(new Stack(new App(), 'Shop'), 'ReadModels');
 * ```
 */
export class ReadModelTable extends ServiceTable {
  constructor(scope: Construct, id: string, props: Pick<ServiceTableProps, 'removalPolicy'> = {}) {
    const { AttributeName } = readModelTableTimeToLive('').TimeToLiveSpecification;
    super(scope, id, { ...props, definition: readModelTable(''), timeToLive: AttributeName });
  }
}
