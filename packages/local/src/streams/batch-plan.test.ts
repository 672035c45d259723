import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchOutcome } from './batch-outcome.js';
import { type Batch, fresh, planStep } from './batch-plan.js';
import type { SequencedRecord } from './source.js';

const toRecord = (sequence: number): SequencedRecord => ({ dynamodb: { SequenceNumber: String(sequence) } });
const [a, b, c, d, e] = [1, 2, 3, 4, 5].map(toRecord) as [
  SequencedRecord,
  SequencedRecord,
  SequencedRecord,
  SequencedRecord,
  SequencedRecord,
];

const success: BatchOutcome = { kind: 'success' };
const failureAt = (from: number): BatchOutcome => ({ kind: 'failure', from, reason: 'test' });

describe('planStep', () => {
  const policy = { retries: 2, bisect: false };

  it('is done with a batch that was taken', () => {
    expect(planStep({ records: [a, b], failures: 1 }, success, policy)).toEqual({
      done: [a, b],
      givenUp: [],
      left: [],
    });
  });

  it('tries the whole batch again when its first record failed', () => {
    expect(planStep({ records: [a, b], failures: 0 }, failureAt(0), policy)).toEqual({
      done: [],
      givenUp: [],
      left: [{ records: [a, b], failures: 1 }],
    });
  });

  it('keeps what is before the record that failed, and tries the rest again', () => {
    expect(planStep({ records: [a, b, c], failures: 0 }, failureAt(1), policy)).toEqual({
      done: [a],
      givenUp: [],
      left: [{ records: [b, c], failures: 1 }],
    });
  });

  it('counts anew when the failure has moved on to another record', () => {
    expect(planStep({ records: [a, b, c], failures: 2 }, failureAt(2), policy)).toEqual({
      done: [a, b],
      givenUp: [],
      left: [{ records: [c], failures: 1 }],
    });
  });

  it('still tries again at the last retry', () => {
    expect(planStep({ records: [a, b], failures: 1 }, failureAt(0), policy).left).toEqual([
      { records: [a, b], failures: 2 },
    ]);
  });

  it('gives the batch up after the last retry', () => {
    expect(planStep({ records: [a, b], failures: 2 }, failureAt(0), policy)).toEqual({
      done: [],
      givenUp: [a, b],
      left: [],
    });
  });

  it('gives up from the record that failed when there are no retries', () => {
    expect(planStep(fresh([a, b, c]), failureAt(1), { retries: 0, bisect: false })).toEqual({
      done: [a],
      givenUp: [b, c],
      left: [],
    });
  });
});

describe('planStep with bisect', () => {
  const policy = { retries: 1, bisect: true };

  it('splits a batch in two, each with all of its retries', () => {
    expect(planStep({ records: [a, b, c, d, e], failures: 0 }, failureAt(0), policy)).toEqual({
      done: [],
      givenUp: [],
      left: [
        { records: [a, b, c], failures: 0 },
        { records: [d, e], failures: 0 },
      ],
    });
  });

  it('splits at the record that was reported', () => {
    expect(planStep({ records: [a, b, c], failures: 0 }, failureAt(2), policy)).toEqual({
      done: [a, b],
      givenUp: [],
      left: [{ records: [c], failures: 0 }],
    });
  });

  it('splits even without retries, until a record is alone', () => {
    const none = { retries: 0, bisect: true };

    expect(planStep(fresh([a, b]), failureAt(0), none).left).toEqual([fresh([a]), fresh([b])]);
    expect(planStep(fresh([a]), failureAt(0), none)).toEqual({ done: [], givenUp: [a], left: [] });
  });

  it('retries a record that is alone', () => {
    expect(planStep(fresh([a]), failureAt(0), policy).left).toEqual([{ records: [a], failures: 1 }]);
  });
});

describe('planStep, step after step', () => {
  interface Run {
    readonly count: number;
    readonly poison: ReadonlySet<number>;
    readonly retries: number;
    readonly bisect: boolean;
    readonly reports: boolean;
  }

  /** Delivers to a function that never takes the poison, and says what became of each record. */
  function deliverAll({ count, poison, retries, bisect, reports }: Run) {
    const done: number[] = [];
    const givenUp: number[] = [];
    const order: number[] = [];
    let attempts = 0;
    let left: readonly Batch[] = [fresh(Array.from({ length: count }, (_, index) => toRecord(index)))];
    while (left[0]) {
      const [batch, ...others] = left;
      attempts += 1;
      const first = batch.records.findIndex(({ dynamodb }) => poison.has(Number(dynamodb.SequenceNumber)));
      const outcome = first < 0 ? success : failureAt(reports ? first : 0);
      const step = planStep(batch, outcome, { retries, bisect });
      const toNumbers = (records: readonly SequencedRecord[]) =>
        records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
      done.push(...toNumbers(step.done));
      givenUp.push(...toNumbers(step.givenUp));
      order.push(...toNumbers(step.done), ...toNumbers(step.givenUp));
      left = [...step.left, ...others];
    }
    return { done, givenUp, order, attempts };
  }

  const runs = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    poison: fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: 5 }).map((numbers) => new Set(numbers)),
    retries: fc.nat({ max: 4 }),
    bisect: fc.boolean(),
    reports: fc.boolean(),
  });

  it('deals with every record once and in order', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { order } = deliverAll(run);
        expect(order).toEqual(Array.from({ length: run.count }, (_, index) => index));
      }),
    );
  });

  it('gives up exactly the poison when it may split', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { givenUp } = deliverAll({ ...run, bisect: true });
        const expected = [...run.poison].filter((number) => number < run.count).toSorted((x, y) => x - y);
        expect(givenUp).toEqual(expected);
      }),
    );
  });

  it('hands a batch over once and `retries` times more when nothing in it is taken', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const poison = new Set([0]);
        const { attempts } = deliverAll({ ...run, poison, bisect: false });
        expect(attempts).toBe(run.retries + 1);
      }),
    );
  });
});
