import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';
import type { DeadLetters } from '../dead-letters.js';
import { type BatchOutcome, readAnswer, readError } from './batch-outcome.js';
import { type Batch, fresh, planStep, type Step } from './batch-plan.js';
import type { Log } from './log.js';
import { pause } from './pause.js';
import type { SequencedRecord } from './source.js';
import type { CompleteConsumer } from './stream-consumer.js';

/** What delivering needs beside the records. */
export interface DeliveryPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly deadLetters: DeadLetters;
  /** Ends the delivery after the attempt in hand. */
  readonly signal: AbortSignal;
}

/** Where records come from, and where it is kept that they were dealt with. */
export interface Passage {
  readonly consumer: CompleteConsumer;
  /** The stream's name. */
  readonly source: string;
  /** Called with the last record that needs no further delivery, each time that there is a new one. */
  readonly advance: (last: SequencedRecord) => Promise<void>;
}

const BACKOFF: Backoff = { firstMs: 100, longestMs: 5_000 };

/**
 * Hands records to a consumer until each was taken or went to the dead letters, or until the signal is aborted.
 * What was not dealt with by then, and only that, has to be delivered again.
 */
export async function deliver(
  records: readonly SequencedRecord[],
  passage: Passage,
  ports: DeliveryPorts,
): Promise<void> {
  let left: readonly Batch[] = [fresh(records)];
  while (left[0] && !ports.signal.aborted) {
    const [batch, ...others] = left;
    const outcome = await attempt(batch, passage.consumer);
    const step = planStep(batch, outcome, passage.consumer);
    await advance(step.done, passage);
    if (outcome.kind === 'failure') await settle({ batch, step, reason: outcome.reason }, passage, ports);
    left = [...step.left, ...others];
  }
}

interface Failure {
  readonly batch: Batch;
  readonly step: Step;
  readonly reason: string;
}

/** Gives up what is to be given up, or waits for as long as the next attempt is to wait. */
async function settle({ batch, step, reason }: Failure, passage: Passage, ports: DeliveryPorts): Promise<void> {
  const { consumer, source } = passage;
  const [next] = step.left;
  const attempts = step.done.length > 0 ? 1 : batch.failures + 1;
  const verdict = next ? 'Trying again.' : `Giving up ${step.givenUp.length}: see the dead letters.`;
  ports.log.warn(
    `Function "${consumer.name}" failed with ${batch.records.length} records of ${source}, attempt ${attempts}: ${reason}. ${verdict}`,
  );
  if (next) {
    await pause(jitteredDelay(Math.max(1, next.failures), BACKOFF, ports.random), ports);
  } else {
    await bury({ records: step.givenUp, attempts, reason }, passage, ports);
    await advance(step.givenUp, passage);
  }
}

async function attempt({ records }: Batch, consumer: CompleteConsumer): Promise<BatchOutcome> {
  try {
    return readAnswer(await consumer.invoke(toEvent(records)), records);
  } catch (error) {
    return readError(error);
  }
}

/** Every attempt has an event of its own, as with Lambda: what a handler does to it, no other one sees. */
function toEvent(records: readonly SequencedRecord[]): { Records: SequencedRecord[] } {
  return { Records: structuredClone([...records]) };
}

async function advance(done: readonly SequencedRecord[], passage: Passage): Promise<void> {
  const last = done.at(-1);
  if (last) await passage.advance(last);
}

interface GivenUp {
  readonly records: readonly SequencedRecord[];
  readonly attempts: number;
  readonly reason: string;
}

/** Does not return before the records are safe: the position moves past them next. */
async function bury({ records, attempts, reason }: GivenUp, passage: Passage, ports: DeliveryPorts): Promise<void> {
  const { consumer, source } = passage;
  const { clock, deadLetters, log, signal, random } = ports;
  const at = new Date(clock.now()).toISOString();
  const letter = { at, function: consumer.name, source, reason, attempts, payload: toEvent(records) };
  for (let failures = 1; ; failures += 1) {
    try {
      return await deadLetters.write(letter);
    } catch (error) {
      log.warn(`Dead letters could not be written (${String(error)}). Trying again until it works.`);
      if (signal.aborted) throw error;
      await pause(jitteredDelay(failures, BACKOFF, random), ports);
    }
  }
}
