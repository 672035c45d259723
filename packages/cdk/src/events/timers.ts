import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Names, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { inWords } from '../functions/in-words.js';
import { deadLetterQueue } from './dead-letters.js';
import type { Bus } from './service-bus.js';

/**
 * Where `SchedulerTimers` set their schedules: a group of the service's own, the role in which EventBridge Scheduler puts timers on the
 * bus, and a queue for those that it could not put there within a day.
 *
 * The role can be assumed for schedules of this group only.
 * Source: EventBridge Scheduler User Guide, "Confused deputy prevention in EventBridge Scheduler".
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 * import { ServiceBus, SagaTimers } from '@everfold/cdk';
 *
 * const stack = new Stack(new App(), 'Shop');
 * const bus = new ServiceBus(stack, 'Bus');
 * const timers = new SagaTimers(stack, 'Timers', { bus });
 * ```
 */
export class SagaTimers extends Construct {
  readonly groupName: string;
  readonly roleArn: string;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { bus }: { readonly bus: Bus }) {
    super(scope, id);
    const { account } = Stack.of(this);
    const group = new CfnScheduleGroup(this, 'Group', {
      name: Names.uniqueResourceName(this, { maxLength: 64, allowedSpecialCharacters: '-_.' }),
    });
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const role = new Role(this, 'Role', {
      description: 'Puts timers of sagas on the bus.',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group.attrArn } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.busArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }));
    this.groupName = group.ref;
    this.roleArn = role.roleArn;
  }

  /**
   * Lets a function set timers.
   *
   * Source: EventBridge Scheduler User Guide, "Setting up Amazon EventBridge Scheduler".
   */
  grantSet(grantee: Role): void {
    const stack = Stack.of(this);
    const schedules = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.groupName}/*`,
    });
    grantee.addToPolicy(new PolicyStatement({ actions: ['scheduler:CreateSchedule'], resources: [schedules] }));
    grantee.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${inWords(stack.resolve(schedules))}]`,
      reason:
        "A timer has a name of its own, so none can be named beforehand; the group is the service's, and holds nothing else.",
    });
  }
}
