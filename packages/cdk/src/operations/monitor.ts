import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmsOf, type Watched } from './alarms.js';
import { dashboardOf } from './dashboard.js';
import { tell } from './tell.js';

export interface MonitorProps extends Pick<Watched, 'service'>, Partial<Omit<Watched, 'service'>> {
  /** Who is told when an alarm begins and when it is over. Default: nobody. */
  readonly topic?: ITopic;
  /** Where the pages are that alarms name. Default `docs/runbooks`. */
  readonly runbooks?: string;
}

/**
 * A dashboard of a service, and alarms for what no retry has put right.
 *
 * An alarm costs $0.10 a month for each metric that it looks at, of which one on a table has two. Ten of them are free in an account,
 * and three dashboards of up to 50 metrics; any other is $3.00 a month. Source: Amazon CloudWatch pricing, "Free tier"; AWS Price List, offer
 * AmazonCloudWatch, published 2026-08-06: "$0.10 per alarm metric month (standard resolution)".
 */
export class Monitor extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: MonitorProps) {
    super(scope, id);
    const { service, tables = {}, deadLetters = {}, metrics, topic, runbooks = 'docs/runbooks' } = props;
    const watched: Watched = { service, tables, deadLetters, metrics };
    this.alarms = alarmsOf(this, watched, runbooks);
    dashboardOf(this, watched, this.alarms);
    if (topic !== undefined) tell(topic, this.alarms);
  }
}
