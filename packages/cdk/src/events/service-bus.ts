import { EventBus as PlainBus } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** A bus, as functions and rules speak of it. */
export interface Bus {
  readonly busName: string;
  readonly busArn: string;
}

export interface ServiceBusProps {
  /** The bus's name. Default: CloudFormation makes one up. */
  readonly busName?: string;
  /** How long events can be replayed. Default 90 days. */
  readonly archiveFor?: Duration;
}

/**
 * A bus whose events are archived, so that they can be replayed to a rule. The archive is a convenience: what happened stands in
 * the event store.
 *
 * @example
 * ```ts
 * import { App, Duration, Stack } from 'aws-cdk-lib/core';
 * import { ServiceBus } from '@everfold/cdk';
 *
 * const bus = new ServiceBus(new Stack(new App(), 'Shop'), 'Bus', { archiveFor: Duration.days(30) });
 * ```
 */
export class ServiceBus extends Construct implements Bus {
  readonly busName: string;
  readonly busArn: string;
  readonly archiveArn: string;

  constructor(scope: Construct, id: string, { busName, archiveFor = Duration.days(90) }: ServiceBusProps = {}) {
    super(scope, id);
    const bus = new PlainBus(this, 'Bus', busName === undefined ? {} : { eventBusName: busName });
    const archive = bus.archive('Archive', {
      description: 'Everything that went over the bus, to be replayed.',
      eventPattern: { account: [Stack.of(this).account] },
      retention: archiveFor,
    });
    this.busName = bus.eventBusName;
    this.busArn = bus.eventBusArn;
    this.archiveArn = archive.archiveArn;
  }
}
