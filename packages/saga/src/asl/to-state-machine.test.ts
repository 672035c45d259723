// @ts-expect-error It has no types.
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { outcomesOf, type SagaOutcome, titleOf } from '../diagrams/outcomes.js';
import { purchase } from '../diagrams/purchase.test.fixture.js';
import { rehearse } from '../diagrams/rehearsal.js';
import { fulfilment } from '../fulfilment.test.fixture.js';
import type { AnySaga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { pivot, step, trip } from '../trip.test.fixture.js';
import { all } from '../types.js';
import { type Call, runMachine, TaskError } from './run-machine.test.fixture.js';
import type { State, StateMachine } from './states.js';
import { toStateMachine } from './to-state-machine.js';

const validate: (definition: unknown) => { isValid: boolean; errorsText(): string } = aslValidator;

const fanOut = trip([
  step('Hotel', 'Placed'),
  step('Car', 'Placed'),
  step('Seat', 'CarDone'),
  { ...pivot('Pay', 'HotelDone'), on: all('HotelDone', 'SeatDone') },
]);
const crossed = trip([
  step('A', 'Placed'),
  step('B', 'Placed'),
  { ...step('C', 'ADone'), on: all('ADone', 'BDone') },
  step('D', 'BDone'),
  { ...pivot('E', 'CDone'), on: all('CDone', 'DDone') },
]);

/** All work is done elsewhere: somebody is waited for, and two services. */
const delegated = trip([
  {
    name: 'Ask',
    kind: 'wait',
    by: 'somebody',
    on: 'Placed',
    ok: 'AskDone',
    fails: ['AskFailed'],
    deadline: { after: '1d', fail: ({ key }) => ({ type: 'AskFailed', data: { orderId: key } }) },
  },
  { ...contract('Move', 'AskDone'), kind: 'pivot', fails: ['MoveFailed'] },
  contract('Bill', 'MoveDone'),
]);

function contract(name: string, on: string): AnyStep {
  return { name, kind: 'retriable', by: name, on, ok: `${name}Done`, source: 'elsewhere', deadline: { after: '1h' } };
}

/** All states of a machine, those of its branches as well. */
function statesOf({ States }: Pick<StateMachine, 'States'>): Record<string, State> {
  const inBranches = Object.values(States).flatMap((state) =>
    state.Type === 'Parallel' ? state.Branches.map(statesOf) : [],
  );
  return Object.assign({}, States, ...inBranches);
}

/** Calls of the functions in a run that comes to an outcome, and the state with which it ends. */
function run(saga: AnySaga, outcome: SagaOutcome): { calls: string[]; end: string } {
  const calls: string[] = [];
  const isAbout = (name: string) => 'step' in outcome && outcome.step === name;
  const event = (type: string | undefined) => ({ type, data: {} });
  const perform = ({ step: name, work }: Call) => {
    calls.push(`${work} ${name}`);
    const definition = saga.steps.find((each) => each.name === name);
    if (work === 'needed') return isAbout(name);
    // A cancellation is heard before the pivot only.
    if (work === 'cancelled') return outcome.kind === 'cancelled' && outcome.after !== 'ShipmentDispatched';
    if (work === 'fail') return event(definition?.fails.at(-1));
    if (!['run', 'wait', 'ask'].includes(work)) return {};
    if (isAbout(name) && outcome.kind === 'failed') return event(outcome.type);
    if (isAbout(name) && outcome.kind === 'timedOut') throw new TaskError('States.Timeout');
    return event(definition?.ok);
  };
  try {
    const { last } = runMachine(toStateMachine(saga), { key: 'o1', start: event(saga.start) }, perform);
    return { calls, end: last };
  } catch (error) {
    return { calls, end: error instanceof TaskError ? `execution failed: ${error.name}` : String(error) };
  }
}

/** The end that the choreography comes to. */
async function choreographed(saga: AnySaga, outcome: SagaOutcome): Promise<string | undefined> {
  return (await rehearse(saga, outcome)).flatMap(({ to, event }) => (to === 'outside' && event ? [event] : [])).at(-1);
}

describe('toStateMachine', () => {
  test('makes of a saga that has everything what it made before', async () => {
    const json = `${JSON.stringify(toStateMachine(purchase), undefined, 2)}\n`;

    await expect(json).toMatchFileSnapshot('to-state-machine.test.golden.asl');
  });

  test.each([
    ['that has everything', purchase],
    ['in a line', fulfilment],
    ['of branches', fanOut],
    ['that is run elsewhere', delegated],
    ['of branches that are not nested', crossed],
  ])('is valid to asl-validator for a saga %s', (_which, saga) => {
    expect(validate(toStateMachine(saga)).errorsText()).toBe('');
  });

  test('would not be valid to it with a transition that leads nowhere', () => {
    const { States, ...machine } = toStateMachine(fulfilment);

    expect(validate({ ...machine, States: { ...States, begin: { Type: 'Pass', Next: 'nowhere' } } }).isValid).toBe(
      false,
    );
  });

  test.each(
    [purchase, delegated].flatMap((saga) =>
      outcomesOf(saga).map((outcome) => [titleOf(outcome), outcome, saga] as const),
    ),
  )('ends as the choreography does: %s', async (_title, outcome, saga) => {
    const { end } = run(saga, outcome);

    expect(end).toBe((await choreographed(saga, outcome)) ?? 'execution failed: States.Timeout');
  });

  test('undoes backwards what was done, and nothing else', () => {
    expect(run(purchase, { kind: 'failed', step: 'ship', type: 'ShippingFailed' }).calls.slice(-4)).toEqual([
      'undo charge',
      'undo book',
      'undo reserve',
      'cancel end',
    ]);
    expect(run(purchase, { kind: 'failed', step: 'reserve', type: 'StockRejected' }).calls).toEqual([
      'run reserve',
      'ask book',
      'undo book',
      'cancel end',
    ]);
  });

  test('makes what has no answer void before anything is undone', () => {
    const { calls } = run(purchase, { kind: 'timedOut', step: 'charge', type: 'PaymentDeclined' });

    expect(calls.slice(-5)).toEqual(['run charge', 'fail charge', 'undo book', 'undo reserve', 'cancel end']);
  });

  test('lets the other branches end when one fails', () => {
    expect(run(fanOut, { kind: 'failed', step: 'Hotel', type: 'HotelFailed' }).calls).toEqual([
      'run Hotel',
      'run Car',
      'run Seat',
      'undo Seat',
      'undo Car',
      'cancel end',
    ]);
  });

  test('goes through branches that are not nested in the order of their triggers', () => {
    expect(run(crossed, { kind: 'completed' }).calls).toEqual([
      'run A',
      'run B',
      'run C',
      'run D',
      'run E',
      'done end',
    ]);
  });

  test('tries a step as often as its policy says, with its pauses', () => {
    expect(statesOf(toStateMachine(purchase)).ship).toMatchObject({
      TimeoutSeconds: 900,
      Retry: [
        {
          ErrorEquals: ['States.ALL'],
          IntervalSeconds: 30,
          MaxAttempts: 7,
          BackoffRate: 2,
          MaxDelaySeconds: 600,
          JitterStrategy: 'NONE',
        },
      ],
    });
  });

  test('tries a step after the pivot without end', () => {
    expect(statesOf(toStateMachine(purchase)).notify).toMatchObject({ Retry: [{ MaxAttempts: 99_999_999 }] });
  });

  test('gives a step that waits its deadline, and lets it be cancelled', () => {
    expect(statesOf(toStateMachine(purchase)).approve).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      TimeoutSeconds: 172_800,
      Catch: [{ ErrorEquals: ['States.Timeout', 'Cancelled'], Next: 'give up approve' }],
    });
  });

  test('decides by a rule, where it is given one, whether an optional step waits', () => {
    const conditions = { approve: { Variable: '$.start.data.amountCents', NumericGreaterThan: 100_000 } };
    const machine = toStateMachine(purchase, { conditions });

    expect(statesOf(machine)['approve is needed?']).toEqual({
      Type: 'Choice',
      Choices: [{ ...conditions.approve, Next: 'approve' }],
      Default: 'approve is not needed',
    });
    expect(Object.keys(statesOf(machine))).not.toContain('ask whether approve is needed');
    expect(validate(machine).errorsText()).toBe('');
  });

  test('calls the functions that it is given', () => {
    const machine = toStateMachine(purchase, { functionArn: (name) => `arn:aws:lambda:eu-west-1:1:function:${name}` });

    expect(machine.States.charge).toMatchObject({
      Parameters: { FunctionName: 'arn:aws:lambda:eu-west-1:1:function:charge' },
    });
  });

  test('refuses a name that is too long for a state', () => {
    const long = trip([step('x'.repeat(70), 'Placed')]);

    expect(() => toStateMachine(long)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
