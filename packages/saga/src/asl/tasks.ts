import { producerOf } from '../derive.js';
import type { AnySaga } from '../saga.js';
import { idempotencyKeyOf, type RetryPolicy, type SagaStep } from '../step.js';
import type { StateMachineOptions } from './options.js';
import type { Retrier, TaskState } from './states.js';

/** A task without where it leads. */
export type Work = Omit<Extract<TaskState, { readonly Next: string }>, 'Next'>;

/** What a function is asked for. `needed`: whether an optional step waits. `cancelled`: whether somebody cancelled the run. */
type Asked = 'run' | 'wait' | 'needed' | 'fail' | 'undo' | 'cancelled' | 'done' | 'cancel';

/** No function runs longer. Source: AWS Lambda Developer Guide, "Lambda quotas": a timeout of 900 seconds. */
const LONGEST_SECONDS = 900;

/**
 * More attempts than fit into a year at a second each, and no execution lasts longer. Source: AWS Step Functions Developer Guide,
 * "Step Functions service quotas": a maximum execution time of 1 year.
 */
const ENDLESS = 99_999_999;

/**
 * What Lambda itself may come to, and is over soon. Source: AWS Step Functions Developer Guide, "Handle transient Lambda service
 * exceptions".
 */
const TRANSIENT = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
];

/** Makes the tasks of a saga. */
export class Tasks {
  readonly #saga: AnySaga;
  readonly #options: StateMachineOptions;

  constructor(saga: AnySaga, options: StateMachineOptions) {
    this.#saga = saga;
    this.#options = options;
  }

  /** Does the work of a step, or waits for whom does it. */
  forward(step: SagaStep): Work {
    if (step.work === 'contract') return this.#ask(step, step.on[0] ?? '', `$.steps.${step.name}`);
    if (step.work === 'wait') {
      const work = this.#invoke(step.name, 'wait', this.#eventsOf(step), EVENT_OF_TOKEN);
      const Parameters = { ...work.Parameters, Payload: { ...payloadOf(work), 'taskToken.$': '$$.Task.Token' } };
      const Retry = [{ ErrorEquals: TRANSIENT, ...pausesOf(step.retry), MaxAttempts: 6 }];
      return {
        ...work,
        Resource: `${work.Resource}.waitForTaskToken`,
        Parameters,
        ResultPath: `$.steps.${step.name}`,
        TimeoutSeconds: secondsOf(step),
        Retry,
      };
    }
    const work = this.#invoke(step.name, 'run', this.#eventsOf(step), EVENT);
    return { ...work, ResultPath: `$.steps.${step.name}`, TimeoutSeconds: secondsOf(step), Retry: retriesOf(step) };
  }

  /** Makes sure that the work of a step is not done and never will be. */
  giveUp(step: SagaStep): Work {
    const given = { ...this.#eventsOf(step), 'error.$': '$.error.Error' };
    return {
      ...this.#invoke(step.name, 'fail', given, EVENT),
      ResultPath: `$.steps.${step.name}`,
      Retry: [retrierOf(step.retry)],
    };
  }

  /** Takes back what a step did. */
  undo(step: SagaStep): Work {
    if (step.work === 'contract') return this.#ask(step, step.undo?.ask ?? '', null);
    // Why, stands among what the others came to.
    const given = { 'outcome.$': `$.steps.${step.name}.data`, 'steps.$': '$.steps' };
    return { ...this.#invoke(step.name, 'undo', given), Retry: [retrierOf(step.retry)] };
  }

  /** Asks the function of a step, or of the end, for yes or no. */
  question(name: string, asked: 'needed' | 'cancelled', step?: SagaStep): Work {
    const work = this.#invoke(name, asked, step ? this.#eventsOf(step) : {}, { 'yes.$': '$.Payload' });
    return { ...work, ResultPath: `$.${asked}` };
  }

  /** Records how the saga ends. */
  end(asked: 'done' | 'cancel'): Work {
    return this.#invoke('end', asked, { 'steps.$': '$.steps' });
  }

  /** Calls a function. It is tried again without end, if nothing else is said: nothing else can be done then. */
  #invoke(name: string, work: Asked, given: Readonly<Record<string, unknown>>, result?: Work['ResultSelector']): Work {
    const { functionArn = (each: string) => substituted(`${each}FunctionArn`) } = this.#options;
    const Payload = { saga: this.#saga.name, step: name, work, ...this.#keysOf(name), ...given };
    return {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: functionArn(name), Payload },
      ...(result ? { ResultSelector: result } : {}),
      ResultPath: null,
      TimeoutSeconds: LONGEST_SECONDS,
      Retry: [{ ...retrierOf(UNTIL_IT_SUCCEEDS), MaxAttempts: ENDLESS }],
    };
  }

  /**
   * Asks another service over the bus, and waits until it gives back the token.
   * Source: AWS Step Functions Developer Guide, "Integrating optimized services": EventBridge, wait for callback.
   */
  #ask(step: SagaStep, DetailType: string, ResultPath: string | null): Work {
    const { eventBusArn = substituted('eventBusArn'), source = this.#saga.name } = this.#options;
    const Detail = { ...this.#keysOf(step.name), ...this.#eventsOf(step), 'taskToken.$': '$$.Task.Token' };
    return {
      Type: 'Task',
      Resource: 'arn:aws:states:::events:putEvents.waitForTaskToken',
      Parameters: { Entries: [{ EventBusName: eventBusArn, Source: source, DetailType, Detail }] },
      ...(ResultPath === null ? {} : { ResultSelector: EVENT_OF_TOKEN }),
      ResultPath,
      TimeoutSeconds: secondsOf(step),
      Retry: [{ ErrorEquals: ['EventBridge.FailedEntry'], ...pausesOf(step.retry), MaxAttempts: 6 }],
    };
  }

  #keysOf(name: string): Readonly<Record<string, string>> {
    return {
      [`${this.#saga.key}.$`]: '$.key',
      'idempotencyKey.$': `States.Format('${idempotencyKeyOf(this.#saga.name, name, '{}')}', $.key)`,
    };
  }

  /** What triggered a step, by type. Of an optional one that was not waited for, the type says so. */
  #eventsOf({ on }: SagaStep): Readonly<Record<string, unknown>> {
    const paths = on.map((type) => {
      const producer = producerOf(type, this.#saga.steps);
      return [`${type}.$`, producer ? `$.steps.${producer.name}` : '$.start'];
    });
    return { events: Object.fromEntries(paths) };
  }
}

/** An event, as a function returns it. */
const EVENT = { 'type.$': '$.Payload.type', 'data.$': '$.Payload.data' };

/** An event, as it comes with the token. */
const EVENT_OF_TOKEN = { 'type.$': '$.type', 'data.$': '$.data' };

const UNTIL_IT_SUCCEEDS: RetryPolicy = { attempts: 5, firstMs: 60_000, longestMs: 900_000 };

/** A placeholder that is substituted as the state machine is deployed. */
function substituted(name: string): string {
  return `\${${name}}`;
}

function payloadOf({ Parameters }: Work): object {
  return Parameters.Payload instanceof Object ? Parameters.Payload : {};
}

/** Its deadline, for one attempt: whole seconds, at least one. */
function secondsOf({ deadline, work }: SagaStep): number {
  if (deadline === undefined) return LONGEST_SECONDS;
  const seconds = Math.max(1, Math.ceil(deadline.afterMs / 1_000));
  return work === 'run' ? Math.min(seconds, LONGEST_SECONDS) : seconds;
}

/** A step after the pivot is tried without end. One whose time is over is given up, not tried again. */
function retriesOf(step: SagaStep): Retrier[] {
  const retrier = retrierOf(step.retry);
  if (step.kind === 'retriable') return [{ ...retrier, MaxAttempts: ENDLESS }];
  return step.deadline?.fail ? [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }, retrier] : [retrier];
}

/** `States.ALL` stands alone and last. Source: Amazon States Language, "Retrying after error". */
function retrierOf(retry: RetryPolicy): Retrier {
  return { ErrorEquals: ['States.ALL'], ...pausesOf(retry), MaxAttempts: retry.attempts - 1 };
}

/** The pauses of the policy as they are: without jitter, which would make them shorter. */
function pausesOf({ firstMs, longestMs }: RetryPolicy): Omit<Retrier, 'ErrorEquals' | 'MaxAttempts'> {
  const IntervalSeconds = Math.max(1, Math.ceil(firstMs / 1_000));
  const MaxDelaySeconds = Math.max(IntervalSeconds, Math.ceil(longestMs / 1_000));
  return { IntervalSeconds, BackoffRate: 2, MaxDelaySeconds, JitterStrategy: 'NONE' };
}
