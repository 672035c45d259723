import {
  encodeEvent,
  isEverfoldError,
  type NewEvent,
  type Position,
  type RecordedEvent,
  systemClock,
} from '@everfold/core';
import { checkOutcome, keyOf, readAgain } from './context.js';
import {
  ATTEMPTED,
  type ErrorNote,
  FENCED,
  failedSoFar,
  type Ledger,
  type LedgerStatus,
  PARKED,
  STARTED,
  type Started,
  TOMBSTONED,
  type Work,
} from './ledger.js';
import { type CheckedOutcome, type Entry, LedgerWriter } from './ledger-writer.js';
import { emptyLedger, type LoadedLedger } from './loaded-ledger.js';
import { retryConflicts, type SagaPorts } from './ports.js';
import { afterFailure, type Reaction, react, type Stimulus } from './reaction.js';
import { pauseMs } from './retry-policy.js';
import type { AnySaga } from './saga.js';
import { type AnyOutcome, idempotencyKeyOf, ledgerStream, type SagaStep } from './step.js';
import { isAllTakenBack } from './take-back.js';
import { gatherTriggers } from './triggers.js';
import type { FailReason, RunInput } from './types.js';

/** What a step acts upon: the event that reached it, and all that triggered it where that is known. */
interface Occasion extends Entry {
  /** What triggered the step, the first of the definition first. */
  readonly triggers?: readonly RecordedEvent[];
}

/** One of a step's functions threw. */
class WorkFailed extends Error {
  readonly work: Work;

  constructor(work: Work, cause: unknown) {
    super(`"${work}" failed`, { cause });
    this.work = work;
  }
}

/** One step of one version of a saga, at work: it carries out what `react` decides. */
export class StepRun {
  readonly saga: AnySaga;
  readonly step: SagaStep;
  readonly #ports: SagaPorts;
  readonly #ledger: LedgerWriter;
  readonly #services: unknown;

  constructor(saga: AnySaga, step: SagaStep, ports: SagaPorts, services: unknown) {
    this.saga = saga;
    this.step = step;
    this.#ports = ports;
    this.#ledger = new LedgerWriter(saga, step, ports);
    this.#services = services;
  }

  /** Reacts to an event of the saga. */
  async onEvent(event: RecordedEvent): Promise<void> {
    const key = keyOf(this.saga, event);
    const { on, undoneOn } = this.step;
    if (on.includes(event.type)) return retryConflicts(this.#ports, (failed) => this.#forward(event, key, failed));
    if (!undoneOn.includes(event.type)) return;
    await retryConflicts(this.#ports, async () =>
      this.#carryOut('compensation', await this.#ledger.load(key), { key, cause: event }),
    );
  }

  /** Reacts to a timer, or to somebody who has it tried again: what it is about stands in the ledger. */
  async onTimer(key: string): Promise<void> {
    await retryConflicts(this.#ports, async () => {
      const loaded = await this.#ledger.load(key);
      const cause = loaded.ledger.attempts?.cause ?? loaded.ledger.started?.trigger ?? loaded.ledger.outcome;
      if (cause !== undefined) await this.#carryOut('timer', loaded, { key, cause });
    });
  }

  async #forward(event: RecordedEvent, key: string, failed: number): Promise<void> {
    const triggers = await gatherTriggers(this.#ports.store, this.saga, this.step, event, key);
    const [first] = triggers ?? [];
    if (triggers === undefined || first === undefined) return;
    if (this.step.when && !this.step.when(first)) return;
    // A trigger nearly always finds an empty ledger. So the first attempt asks nobody: if it is wrong, its write collides.
    const loaded = failed === 0 ? emptyLedger(this.step, key) : await this.#ledger.load(key);
    await this.#carryOut('trigger', loaded, { key, cause: event, triggers });
  }

  async #carryOut(stimulus: Stimulus, { ledger, position }: LoadedLedger, occasion: Occasion): Promise<void> {
    const reaction = react(this.step, ledger, stimulus, this.#nowMs());
    try {
      await this.#do(reaction, ledger, position, occasion);
    } catch (error) {
      if (!(error instanceof WorkFailed)) throw error;
      // What was recorded on the way counts: a start, or a fence.
      const loaded =
        reaction.do === 'start' || reaction.do === 'fence'
          ? await this.#ledger.load(occasion.key)
          : { ledger, position };
      // A wait is given up without a fence, unless that has to be tried again: then nothing else may come in between.
      const fence = reaction.do === 'fail' && ledger.status === 'started' ? [fenceEntry(reaction.why, occasion)] : [];
      await this.#failed(error, loaded, occasion, fence);
    }
  }

  async #do(reaction: Reaction, ledger: Ledger, position: Position, occasion: Occasion): Promise<void> {
    switch (reaction.do) {
      case 'nothing':
        return;
      case 'remind':
        return this.#ledger.remind(occasion.key, reaction.at);
      case 'tombstone':
        await this.#ledger.enter(position, [{ type: TOMBSTONED, data: { cause: occasion.cause.id } }], occasion);
        return;
      case 'wait': {
        const started = this.#started(occasion);
        await this.#ledger.enter(position, [{ type: STARTED, data: started }], occasion);
        return started.deadline === undefined ? undefined : this.#ledger.remind(occasion.key, started.deadline);
      }
      case 'start': {
        const after = await this.#ledger.enter(position, [{ type: STARTED, data: this.#started(occasion) }], occasion);
        return this.#run(ledger, after, occasion);
      }
      case 'run':
        return this.#run(ledger, position, occasion);
      case 'fence':
        return this.#fence(reaction.why, ledger, position, occasion);
      case 'fail':
        return this.#fail(reaction.why, ledger, position, occasion);
      case 'undo':
        return this.#undo(ledger, position, occasion);
      case 'ask':
        return this.#ask(ledger, position, occasion);
      case 'park':
        await this.#ledger.enter(
          position,
          [{ type: PARKED, data: { work: 'run', reason: reaction.reason } }],
          occasion,
        );
        return;
    }
  }

  async #run(ledger: Ledger, position: Position, occasion: Occasion): Promise<void> {
    const { run, ok, fails } = this.step;
    if (run === undefined) return;
    // All attempts act on what the first one was given: they have one idempotency key.
    const triggers = await this.#triggersOf(ledger, occasion);
    const outcome = await this.#attempt('run', [ok, ...fails], occasion.key, () =>
      run(this.#input(triggers, occasion.key), this.#services),
    );
    await this.#record('run', position, outcome, occasion);
  }

  /** Gives the step up. Behind the fence, no attempt of it can be recorded any more. */
  async #fence(why: FailReason, ledger: Ledger, position: Position, occasion: Occasion): Promise<void> {
    const after = await this.#ledger.enter(position, [fenceEntry(why, occasion)], occasion);
    return this.#fail(why, ledger, after, occasion);
  }

  async #fail(why: FailReason, ledger: Ledger, position: Position, occasion: Occasion): Promise<void> {
    const fail = this.step.deadline?.fail;
    if (fail === undefined) return;
    const triggers = await this.#triggersOf(ledger, occasion);
    const failure = await this.#attempt('fail', this.step.fails, occasion.key, async () =>
      fail({ ...this.#input(triggers, occasion.key), why }, this.#services),
    );
    await this.#record('fail', position, failure, occasion);
  }

  async #undo({ outcome, attempts }: Ledger, position: Position, occasion: Occasion): Promise<void> {
    const { undo } = this.step;
    if (undo?.run === undefined || outcome === undefined) return;
    const { run } = undo;
    const { key } = occasion;
    const cause = attempts?.cause ? await this.#readAgain(attempts.cause, key) : occasion.cause;
    const own = await this.#readAgain(outcome, key);
    if (!(await isAllTakenBack(this.#ports.store, this.saga, own, cause, key))) return;
    const idempotencyKey = this.#idempotencyKey(key);
    const undone = await this.#attempt('undo', [undo.ok], key, () =>
      run({ outcome: own.data, cause, key, idempotencyKey }, this.#services),
    );
    await this.#record('undo', position, undone, { key, cause });
  }

  /** Asks the service that runs the step to take its work back. What throws here is thrown on: nothing was done. */
  async #ask({ outcome }: Ledger, position: Position, occasion: Occasion): Promise<void> {
    const { undo, ok, name } = this.step;
    if (undo?.ask === undefined || undo.data === undefined) return;
    const { key, cause } = occasion;
    const own = outcome && (await this.#readAgain(outcome, key));
    // What hangs on the work is barred where it was not begun, though its trigger may not even have been heard of here.
    if (!(await isAllTakenBack(this.#ports.store, this.saga, own ?? ok, cause, key))) return;
    const data = undo.data({ outcome: own?.data, cause, key, idempotencyKey: this.#idempotencyKey(key) });
    const event = await checkOutcome(this.saga, name, { type: undo.ask, data }, [undo.ask], key);
    await this.#ledger.enter(position, [event], occasion);
  }

  /** Has one of the step's functions act, and checks what it returns. @throws WorkFailed */
  async #attempt(
    work: Work,
    allowed: readonly string[],
    key: string,
    act: () => Promise<AnyOutcome>,
  ): Promise<CheckedOutcome> {
    try {
      const outcome = await act();
      return { outcome, event: await checkOutcome(this.saga, this.step.name, outcome, allowed, key) };
    } catch (error) {
      // Somebody else was first: that is no failure, and is decided anew at once.
      if (isEverfoldError(error, 'CONFLICT')) throw error;
      throw new WorkFailed(work, error);
    }
  }

  /** Records what one of the step's functions returned. @throws WorkFailed when JSON cannot carry it. */
  async #record(work: Work, after: Position, outcome: CheckedOutcome, entry: Entry): Promise<void> {
    try {
      await this.#ledger.record(after, outcome, entry);
    } catch (error) {
      throw isEverfoldError(error, 'INVALID_EVENT') ? new WorkFailed(work, error) : error;
    }
  }

  /** Records that an attempt failed, and what follows on it. @param fence - What is recorded before it. */
  async #failed(
    { work, cause: thrown }: WorkFailed,
    { ledger, position }: LoadedLedger,
    occasion: Occasion,
    fence: readonly NewEvent[] = [],
  ): Promise<void> {
    if (fence.length === 0 && !STATUS_AT[work].includes(ledger.status)) return;
    const failed = failedSoFar(ledger, work) + 1;
    const error = noteOf(thrown);
    const cause = work === 'undo' ? { cause: ledger.attempts?.cause ?? this.#encoded(occasion.cause) } : {};
    // A step that acts in the store has no start yet to say what it is tried again on.
    const start = ledger.status === 'empty' ? [{ type: STARTED, data: this.#started(occasion) }] : fence;
    switch (afterFailure(this.step, ledger, failed)) {
      case 'again': {
        const next = new Date(this.#nowMs() + pauseMs(this.step.retry, failed)).toISOString();
        await this.#ledger.enter(
          position,
          [...start, { type: ATTEMPTED, data: { work, error, next, ...cause } }],
          occasion,
        );
        return this.#ledger.remind(occasion.key, next);
      }
      case 'fence':
        try {
          return await this.#fence('exhausted', ledger, position, occasion);
        } catch (again) {
          if (!(again instanceof WorkFailed)) throw again;
          return this.#failed(again, await this.#ledger.load(occasion.key), occasion);
        }
      case 'park': {
        const reason = `${NAMES[work]} failed ${failed} time${failed === 1 ? '' : 's'}: ${error.message}`;
        await this.#ledger.enter(
          position,
          [...start, { type: PARKED, data: { work, reason, error, ...cause } }],
          occasion,
        );
      }
    }
  }

  #started({ triggers = [] }: Occasion): Started {
    const [trigger, ...others] = triggers.map((event) => this.#encoded(event));
    if (trigger === undefined) throw new Error('A step is started by an event.');
    const { deadline } = this.step;
    return {
      trigger,
      ...(others.length === 0 ? {} : { with: others }),
      ...(deadline === undefined ? {} : { deadline: new Date(this.#nowMs() + deadline.afterMs).toISOString() }),
    };
  }

  /** An event in the form in which it is recorded. */
  #encoded(event: RecordedEvent): RecordedEvent {
    return { ...event, ...encodeEvent(this.saga.events, event) };
  }

  /** What triggered the step, as its definition reads it now. */
  async #triggersOf({ started }: Ledger, { triggers = [], key }: Occasion): Promise<readonly RecordedEvent[]> {
    if (started === undefined) return triggers;
    return Promise.all([started.trigger, ...(started.with ?? [])].map((event) => this.#readAgain(event, key)));
  }

  #input(triggers: readonly RecordedEvent[], key: string): RunInput<RecordedEvent> {
    const [event] = triggers;
    if (event === undefined) throw new Error('A step is run upon an event.');
    const events = Object.fromEntries(triggers.map((each) => [each.type, each]));
    return { event, events, key, idempotencyKey: this.#idempotencyKey(key) };
  }

  #readAgain<TEvent extends NewEvent>(event: TEvent, key: string): Promise<TEvent> {
    return readAgain(this.saga, event, ledgerStream(this.step, key));
  }

  #idempotencyKey(key: string): string {
    return idempotencyKeyOf(this.saga.name, this.step.name, key);
  }

  #nowMs(): number {
    return (this.#ports.clock ?? systemClock).now();
  }
}

function fenceEntry(why: FailReason, { cause }: Occasion): NewEvent {
  return { type: FENCED, data: { why, cause: cause.id } };
}

const NAMES: Readonly<Record<Work, string>> = { run: 'the step', undo: 'its undo', fail: 'giving it up' };

/** The status in which each work is done: in another one, somebody else has settled it. */
const STATUS_AT: Readonly<Record<Work, readonly LedgerStatus[]>> = {
  run: ['empty', 'started'],
  undo: ['ok'],
  fail: ['fenced'],
};

function noteOf(thrown: unknown): ErrorNote {
  return thrown instanceof Error
    ? { name: thrown.name, message: thrown.message }
    : { name: 'Error', message: String(thrown) };
}
