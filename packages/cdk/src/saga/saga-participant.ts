import { defineFunctions, type EventPattern, type EventSchemas, type Touches } from '@everfold/core';
import { contractPattern, type Saga, stepCategories, stepPattern } from '@everfold/saga';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type DeployedFunction, fromFunctions, type ServiceProps, type Tuning } from '../from-functions.js';
import { alarmsOf } from '../operations/alarms.js';
import { tell } from '../operations/tell.js';

export interface SagaParticipantProps<TSteps>
  extends Pick<ServiceProps, 'events' | 'readModels' | 'timers' | 'tables' | 'environment' | 'conditions'>,
    Required<Pick<ServiceProps, 'bus'>> {
  readonly saga: Saga<EventSchemas, TSteps>;
  readonly step: keyof TSteps & string;
  /** The source under which the saga's events are published. */
  readonly source: string;
  /**
   * Whose step it is. `saga`, the default: the saga's own, so that the function runs its handler and appends to its ledger. `contract`:
   * another service does the work and answers under its own source, and the ledger is none of its business.
   */
  readonly under?: 'saga' | 'contract';
  /** The module whose export `handler` is the Lambda handler of an event of the bus. */
  readonly entry: URL;
  /** What the function touches beside what its part in the saga takes. */
  readonly touches?: Touches;
  /** How often a failed event is tried again before it goes to the dead letters. Default 10. */
  readonly retries?: number;
  readonly tuning?: Tuning;
  /** Who is told when an alarm begins and when it is over. Default: nobody. */
  readonly topic?: ITopic;
  /** Where the pages are that alarms name. Default `docs/runbooks`. */
  readonly runbooks?: string;
}

/**
 * The part that a service has in a saga: the function of one step, called through a queue of its own by exactly the events that the
 * definition names, in a role that may append to the ledgers which the step writes and to nothing else, with dead letters and
 * alarms. For a service that does not list its functions, and for one that takes part in the saga of another: `fromFunctions` builds
 * the same from a list.
 *
 * @throws InvalidArgumentError when the saga has no such step, runs it itself where it should be `under` a contract, or the function
 * touches what is not there: the step of a saga sets timers.
 *
 * @example
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib/core';
 * import { EventStoreTable, SagaParticipant, SagaTimers, ServiceBus } from '@everfold/cdk';
 *
 * const stack = new Stack(new App(), 'Payments');
 * const events = new EventStoreTable(stack, 'Events');
 * const bus = new ServiceBus(stack, 'Bus');
 * const charge = new SagaParticipant(stack, 'Charge', {
 *   saga: fulfilmentV1,
 *   step: 'charge',
 *   source: 'shop.orders',
 *   entry: new URL('./charge.js', import.meta.url),
 *   events,
 *   bus,
 *   timers: new SagaTimers(stack, 'Timers', { bus }),
 *   environment: { EVENTS_TABLE: events.tableName },
 * });
 * ```
 */
export class SagaParticipant<TSteps> extends Construct {
  /** What the rule sends. */
  readonly pattern: EventPattern;
  /** The function, with its queue and its dead letters. */
  readonly deployed: DeployedFunction;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: SagaParticipantProps<TSteps>) {
    super(scope, id);
    const { saga, step, source, under = 'saga', entry, retries, tuning, topic, runbooks = 'docs/runbooks' } = props;
    const isOwn = under === 'saga';
    this.pattern = isOwn ? stepPattern(saga, step, source) : contractPattern(saga, step, source);
    const name = `${saga.name}-${step}`;
    const service = fromFunctions(this, 'Service', {
      ...surroundingsOf(props),
      functions: defineFunctions([
        {
          name,
          entry,
          trigger: { kind: 'bus', pattern: this.pattern, ...(retries !== undefined && { retries }) },
          touches: isOwn ? withLedgers(stepCategories(saga, step), props.touches) : (props.touches ?? {}),
        },
      ]),
      ...(tuning && { tuning: { [name]: tuning } }),
    });
    this.deployed = onlyOne(service.functions);
    this.alarms = alarmsOf(this, { service, tables: {}, deadLetters: {}, metrics: undefined }, runbooks);
    if (topic !== undefined) tell(topic, this.alarms);
  }
}

function surroundingsOf<TSteps>(props: SagaParticipantProps<TSteps>) {
  const { events, readModels, bus, timers, tables, environment, conditions } = props;
  return {
    events,
    bus,
    environment,
    ...(readModels && { readModels }),
    ...(timers && { timers }),
    ...(tables && { tables }),
    ...(conditions && { conditions }),
  };
}

/** A step reads ledgers, appends to some of them, and has timers come back. */
function withLedgers(categories: readonly string[], touches: Touches = {}): Touches {
  const write = [...new Set([...categories, ...(touches.events?.write ?? [])])];
  return { ...touches, events: { ...touches.events, read: true, write }, timers: 'set' };
}

function onlyOne(functions: readonly DeployedFunction[]): DeployedFunction {
  const [one] = functions;
  if (one === undefined) throw new Error('Nothing was deployed of one function.');
  return one;
}
