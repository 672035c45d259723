import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEvents } from '@everfold/core';
import { choreography, contractPattern, stepCategories, stepPattern } from '@everfold/saga';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServiceBus } from '../events/service-bus.js';
import { SagaTimers } from '../events/timers.js';
import { EventStoreTable } from '../tables/event-store-table.js';
import { SagaParticipant, type SagaParticipantProps } from './saga-participant.js';

const order = z.object({ orderId: z.string() });
const events = defineEvents({
  Placed: order,
  Held: order,
  SoldOut: order,
  Released: order,
  Booked: order,
  Full: order,
  ReturnRequested: order,
  Returned: order,
  Sent: order,
  Lost: order,
  Completed: order,
  Cancelled: order,
});

const saga = choreography({ name: 'haulage', version: 1, start: 'Placed', key: 'orderId', events })
  .step('hold', {
    by: 'inventory',
    on: 'Placed',
    ok: 'Held',
    fails: ['SoldOut'],
    effect: 'store',
    run: async ({ key }) => ({ type: 'Held', data: { orderId: key } }),
    undo: { ok: 'Released', run: async ({ key }) => ({ type: 'Released', data: { orderId: key } }) },
  })
  .contract('book', {
    by: 'haulier',
    source: 'haulier.bookings',
    on: 'Held',
    ok: 'Booked',
    fails: ['Full'],
    undo: { ask: 'ReturnRequested', data: ({ key }) => ({ orderId: key }), ok: 'Returned' },
    deadline: { after: '1h' },
  })
  .pivot('send', {
    by: 'shipping',
    on: 'Booked',
    ok: 'Sent',
    fails: ['Lost'],
    run: async ({ key }) => ({ type: 'Sent', data: { orderId: key } }),
  })
  .end({
    done: { on: 'Sent', emit: 'Completed', data: ({ data }) => ({ orderId: data.orderId }) },
    cancelled: { emit: 'Cancelled', data: (_cause, key) => ({ orderId: key }) },
  });

const SOURCE = 'shop.orders';

beforeAll(() => {
  // The rules that CDK has for every template take longer than the tests.
  process.env.CDK_VALIDATION = 'false';
});

type Steps = NonNullable<(typeof saga)['services']>;

function participate(
  step: keyof Steps & string,
  more: Partial<SagaParticipantProps<Steps>> & { readonly withoutTimers?: true; readonly isTold?: true } = {},
) {
  const { withoutTimers, isTold, ...props } = more;
  const stack = new Stack(new App({ outdir: mkdtempSync(join(tmpdir(), 'everfold-cdk-')) }), 'Haulier');
  const bus = new ServiceBus(stack, 'Bus');
  const participant = new SagaParticipant<Steps>(stack, 'Part', {
    saga,
    step,
    source: SOURCE,
    entry: new URL('../answer.test.fixture.js', import.meta.url),
    events: new EventStoreTable(stack, 'Events'),
    bus,
    environment: {},
    ...(withoutTimers ? {} : { timers: new SagaTimers(stack, 'Timers', { bus }) }),
    ...(isTold && { topic: new Topic(stack, 'Alarms') }),
    ...props,
  });
  return { participant, template: Template.fromStack(stack) };
}

const patterns = (template: Template) =>
  Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties: { EventPattern } }) => EventPattern);

/** The categories that the function may append to. */
function written(template: Template): unknown {
  const text = JSON.stringify(template.toJSON());
  return JSON.parse(/"dynamodb:LeadingKeys":(\["[^\]]*\])/.exec(text)?.[1] ?? '[]');
}

describe('a part in a saga', () => {
  it('is called by the events of the step, and no other', () => {
    const { participant, template } = participate('hold');

    expect(patterns(template)).toEqual([stepPattern(saga, 'hold', SOURCE)]);
    expect(participant.pattern).toEqual(stepPattern(saga, 'hold', SOURCE));
  });

  it('may append to the ledgers of the step, and to what it decides on', () => {
    const { template } = participate('hold', { touches: { events: { write: ['stock'] } } });

    expect(written(template)).toEqual([...stepCategories(saga, 'hold'), 'stock'].map((category) => `${category}-*`));
  });

  it('takes its events from a queue, and has dead letters', () => {
    const { participant, template } = participate('hold', { retries: 4, tuning: { memoryMb: 512, maxConcurrency: 5 } });

    template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 5 } });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 5 } });
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 512 });
    expect(participant.deployed.deadLetters).toBeDefined();
  });

  it('rings when the function throws, when events wait, and when there are dead letters', () => {
    const { participant, template } = participate('hold', { isTold: true, runbooks: 'https://example.com/runbooks' });

    expect(participant.alarms).toHaveLength(3);
    for (const page of ['function-errors', 'queue-age', 'dead-letters'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: Match.stringLikeRegexp(`See https://example.com/runbooks/${page}.md`),
        AlarmActions: [{ Ref: Match.stringLikeRegexp('Alarms') }],
        OKActions: [{ Ref: Match.stringLikeRegexp('Alarms') }],
      });
  });

  it('under a contract hears of what it is asked, and has nothing to do with ledgers', () => {
    const { participant, template } = participate('book', { under: 'contract', withoutTimers: true });

    expect(participant.pattern).toEqual(contractPattern(saga, 'book', SOURCE));
    expect(patterns(template)).toEqual([contractPattern(saga, 'book', SOURCE)]);
    expect(written(template)).toEqual([]);
  });

  it('under a contract may append to its own streams, when it says so', () => {
    const { template } = participate('book', { under: 'contract', touches: { events: { write: ['booking'] } } });

    expect(written(template)).toEqual(['booking-*']);
  });

  it('is refused under a contract where the saga runs the step itself', () => {
    expect(() => participate('hold', { under: 'contract' })).toThrow(
      'Step "hold" of saga "haulage" is run here, under no contract.',
    );
  });

  it('is refused without timers where a step sets them', () => {
    expect(() => participate('hold', { withoutTimers: true })).toThrow(
      'Function "haulage-hold" touches timers, and there is none. Give it to the service.',
    );
  });
});
