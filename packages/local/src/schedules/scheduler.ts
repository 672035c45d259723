import { type Clock, InvalidArgumentError, type Random, systemClock, systemRandom } from '@everfold/core';
import type { EventBus } from '../bus/event-bus.js';
import { inMemoryMap, type KeptMap } from '../state/kept-map.js';
import { Alarms } from './alarms.js';
import { dueTime, type Schedule, type ScheduleRequest, scheduleArn } from './schedule.js';
import { SchedulerRefusedError } from './scheduler-refused-error.js';

export interface SchedulerOptions {
  /** Where the events of schedules are put. */
  readonly bus: EventBus;
  /** Where schedules are kept, by group and name. Default: in memory. */
  readonly schedules?: KeptMap<Schedule>;
  /** Hears of what could not be put on the bus. */
  readonly log: (message: string, error?: unknown) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Which schedule is meant. */
export interface ScheduleName {
  readonly Name: string;
  /** Every group that is named is there. Default `default`. */
  readonly GroupName?: string;
}

/** A schedule that is there, or is about to be. */
interface Entry {
  readonly schedule: Schedule;
  /** Resolves once it is kept. */
  readonly kept: Promise<void>;
}

/**
 * One-time schedules for one machine, as Amazon EventBridge Scheduler has them: each puts an event on the bus at its
 * time, at least once, and is deleted then. A time that is past is due at once.
 *
 * AWS is up to a minute late; this one is late by the time that the event takes.
 */
export class Scheduler {
  readonly #bus: EventBus;
  readonly #schedules: KeptMap<Schedule>;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #alarms: Alarms;

  constructor({ bus, schedules = inMemoryMap(), log, clock = systemClock, random = systemRandom }: SchedulerOptions) {
    this.#bus = bus;
    this.#schedules = schedules;
    this.#clock = clock;
    this.#alarms = new Alarms({ ring: (id) => this.#run(id), log, clock, random });
    for (const [id, schedule] of schedules.entries()) {
      this.#entries.set(id, { schedule, kept: Promise.resolve() });
      this.#arm(id, schedule);
    }
  }

  /** How many schedules have yet to run. */
  get pending(): number {
    return [...this.#entries.values()].filter(({ schedule }) => !schedule.isCompleted).length;
  }

  /** Begins to run what is due. */
  start(): void {
    this.#alarms.start();
  }

  /**
   * Creates a schedule: resolves once it is kept.
   *
   * @returns Its ARN.
   * @throws SchedulerRefusedError (`ConflictException`) when there is one of that name, unless the very same request made it.
   */
  async createSchedule(request: ScheduleRequest): Promise<string> {
    const id = idOf(request);
    for (let other = this.#entries.get(id); other !== undefined; other = this.#entries.get(id)) {
      // What could not be kept is not there: nobody may take it for set.
      if (!(await isKept(other))) continue;
      const isRepeated = request.ClientToken !== undefined && request.ClientToken === other.schedule.ClientToken;
      if (isRepeated) return scheduleArn(request);
      throw new SchedulerRefusedError('ConflictException', `Schedule ${request.Name} already exists.`);
    }
    await this.#keep(id, { ...request, createdAt: this.#clock.now(), isCompleted: false });
    return scheduleArn(request);
  }

  /** @throws SchedulerRefusedError (`ResourceNotFoundException`) when there is none of that name. */
  getSchedule(name: ScheduleName): Schedule {
    const entry = this.#entries.get(idOf(name));
    if (entry === undefined) throw notFound(name);
    return entry.schedule;
  }

  /** @throws SchedulerRefusedError (`ResourceNotFoundException`) when there is none of that name. */
  async deleteSchedule(name: ScheduleName): Promise<void> {
    const id = idOf(name);
    if (!this.#entries.delete(id)) throw notFound(name);
    this.#alarms.clear(id);
    await this.#schedules.delete(id);
  }

  /** Runs nothing any more; resolves when what is in hand is done. */
  stop(): Promise<void> {
    return this.#alarms.stop();
  }

  async #keep(id: string, schedule: Schedule): Promise<void> {
    const kept = this.#schedules.set(id, schedule).catch((error: unknown) => {
      this.#entries.delete(id);
      throw error;
    });
    this.#entries.set(id, { schedule, kept });
    await kept;
    this.#arm(id, schedule);
  }

  #arm(id: string, { ScheduleExpression, State, isCompleted }: Schedule): void {
    const due = dueTime(ScheduleExpression);
    if (due !== undefined && State === 'ENABLED' && !isCompleted) this.#alarms.set(id, due);
  }

  async #run(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    await this.#putEvent(entry.schedule);
    // Somebody may have deleted it meanwhile, or made another of its name.
    if (this.#entries.get(id) !== entry) return;
    if (entry.schedule.ActionAfterCompletion === 'DELETE') {
      this.#entries.delete(id);
      await this.#schedules.delete(id);
    } else {
      await this.#keep(id, { ...entry.schedule, isCompleted: true });
    }
  }

  async #putEvent(schedule: Schedule): Promise<void> {
    const { Arn, EventBridgeParameters, Input } = schedule.Target;
    const { Entries } = await this.#bus.putEvents({
      Entries: [{ EventBusName: Arn, ...EventBridgeParameters, Detail: Input, Resources: [scheduleArn(schedule)] }],
    });
    for (const entry of Entries) {
      if ('ErrorCode' in entry) throw new InvalidArgumentError(`The bus refuses the event: ${entry.ErrorMessage}`);
    }
  }
}

function idOf({ GroupName = 'default', Name }: ScheduleName): string {
  return `${GroupName}/${Name}`;
}

function isKept({ kept }: Entry): Promise<boolean> {
  return kept.then(
    () => true,
    () => false,
  );
}

function notFound({ Name }: ScheduleName): SchedulerRefusedError {
  return new SchedulerRefusedError('ResourceNotFoundException', `Schedule ${Name} does not exist.`);
}
