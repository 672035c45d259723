import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recorder, startBus } from '../bus/bus.test.fixture.js';
import { inMemoryMap, type KeptMap, openFileMap } from '../state/kept-map.js';
import { handClock, settle } from './clock.test.fixture.js';
import { parseSchedule, type Schedule, type ScheduleRequest } from './schedule.js';
import { Scheduler } from './scheduler.js';
import { atSecond, request, START } from './scheduler.test.fixture.js';

const ARN = 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/charge-42';

interface Options {
  readonly schedules?: KeptMap<Schedule>;
  readonly now?: number;
  /** How often the bus refuses to take an event. */
  readonly busFailures?: number;
}

/** A scheduler on a bus with a rule that notes what comes, and in which second. */
function setUp({ schedules = inMemoryMap(), now = START, busFailures = 0 }: Options = {}) {
  const clock = handClock(now);
  const { rule, events } = recorder('timers', { 'detail-type': ['SagaTimer'] });
  const { bus } = startBus([rule], { name: 'orders', clock });
  const seconds: number[] = [];
  let failures = busFailures;
  const putEvents = bus.putEvents.bind(bus);
  bus.putEvents = async (entries) => {
    seconds.push((clock.now() - START) / 1000);
    if (failures-- > 0) throw new Error('not now');
    return putEvents(entries);
  };
  const logged: string[] = [];
  const scheduler = new Scheduler({ bus, schedules, clock, log: (message) => logged.push(message), random: () => 1 });
  onTestFinished(() => scheduler.stop());
  return { scheduler, clock, bus, events, seconds, logged };
}

async function start(options?: Options) {
  const all = setUp(options);
  all.scheduler.start();
  await settle();
  return all;
}

const named = (Name: string, difference: Partial<ScheduleRequest> = {}) => ({ ...request, ...difference, Name });

describe('a schedule', () => {
  it('puts its event on the bus at its time, once, and is gone then', async () => {
    const { scheduler, clock, events, seconds } = await start();

    expect(await scheduler.createSchedule(request)).toBe(ARN);
    await clock.pass(59_999);
    expect(events).toEqual([]);
    expect(scheduler.pending).toBe(1);

    await clock.pass(1);
    expect(events).toEqual([
      expect.objectContaining({
        'detail-type': 'SagaTimer',
        source: 'shop.payment',
        time: '2026-01-01T00:01:00Z',
        resources: [ARN],
        detail: { key: '42' },
      }),
    ]);
    expect(scheduler.pending).toBe(0);
    expect(() => scheduler.getSchedule({ Name: 'charge-42' })).toThrow('Schedule charge-42 does not exist.');

    await clock.pass(3_600_000);
    expect(seconds).toEqual([60]);
  });

  it('whose time is past is due at once', async () => {
    const { scheduler, clock, seconds } = await start();

    await scheduler.createSchedule({ ...request, ScheduleExpression: atSecond(-60) });
    await clock.pass(0);

    expect(seconds).toEqual([0]);
  });

  it('stays, and keeps its name, when it is to do nothing after its completion', async () => {
    const { scheduler, clock, seconds } = await start();

    await scheduler.createSchedule({ ...request, ActionAfterCompletion: 'NONE' });
    await clock.pass(120_000);

    expect(seconds).toEqual([60]);
    expect(scheduler.getSchedule({ Name: 'charge-42' }).isCompleted).toBe(true);
    expect(scheduler.pending).toBe(0);
    await expect(scheduler.createSchedule(request)).rejects.toMatchObject({ type: 'ConflictException' });
  });

  it('that is disabled does not run', async () => {
    const { scheduler, clock, seconds } = await start();

    await scheduler.createSchedule({ ...request, State: 'DISABLED' });
    await clock.pass(120_000);

    expect(seconds).toEqual([]);
  });

  it('that is deleted does not run, and another may have its name', async () => {
    const { scheduler, clock, seconds } = await start();
    await scheduler.createSchedule(request);

    await scheduler.deleteSchedule({ Name: 'charge-42' });
    await scheduler.createSchedule({ ...request, ScheduleExpression: atSecond(90) });
    await clock.pass(120_000);

    expect(seconds).toEqual([90]);
  });

  it('that is deleted leaves nothing behind to another of its name, which may be disabled', async () => {
    const { scheduler, clock, seconds } = await start();
    await scheduler.createSchedule(request);

    await scheduler.deleteSchedule({ Name: 'charge-42' });
    await scheduler.createSchedule({ ...request, State: 'DISABLED' });
    await clock.pass(120_000);

    expect(seconds).toEqual([]);
    expect(scheduler.pending).toBe(1);
  });

  it('does not take another of its name with it when it ends after that one was made', async () => {
    const { scheduler, clock, bus, seconds } = await start();
    await scheduler.createSchedule(request);
    const putEvents = bus.putEvents.bind(bus);
    let finish: () => void = () => undefined;
    bus.putEvents = async (entries) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return putEvents(entries);
    };
    await clock.pass(60_000);

    await scheduler.deleteSchedule({ Name: 'charge-42' });
    await scheduler.createSchedule({ ...request, ScheduleExpression: atSecond(90) });
    bus.putEvents = putEvents;
    finish();
    await clock.pass(0);
    expect(scheduler.pending).toBe(1);

    await clock.pass(30_000);
    expect(seconds).toEqual([60, 90]);
  });

  it('is tried again when the bus answers that it did not take the event', async () => {
    const { scheduler, clock, bus, events, logged } = await start();
    const putEvents = bus.putEvents.bind(bus);
    bus.putEvents = async () => {
      bus.putEvents = putEvents;
      return { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InvalidArgument', ErrorMessage: 'Not so.' }] };
    };
    await scheduler.createSchedule(request);

    await clock.pass(61_000);

    expect(events).toHaveLength(1);
    expect(logged).toHaveLength(1);
  });

  it('is tried again until the bus takes its event', async () => {
    const { scheduler, clock, events, seconds, logged } = await start({ busFailures: 2 });
    await scheduler.createSchedule(request);

    await clock.pass(120_000);

    expect(seconds).toEqual([60, 60.1, 60.3]);
    expect(events).toHaveLength(1);
    expect(logged).toHaveLength(2);
  });

  it('is refused under a name that another has in its group, and in no other', async () => {
    const { scheduler } = await start();
    await scheduler.createSchedule(request);

    await expect(scheduler.createSchedule({ ...request, ScheduleExpression: atSecond(90) })).rejects.toMatchObject({
      code: 'SCHEDULER_REFUSED',
      type: 'ConflictException',
      message: 'Schedule charge-42 already exists.',
    });
    await scheduler.createSchedule({ ...request, GroupName: 'shop' });

    expect(scheduler.pending).toBe(2);
  });

  it('is created once when its very request comes twice', async () => {
    const { scheduler } = await start();
    const repeated = { ...request, ClientToken: 'token' };

    const arns = await Promise.all([scheduler.createSchedule(repeated), scheduler.createSchedule(repeated)]);

    expect(arns).toEqual([ARN, ARN]);
    expect(scheduler.pending).toBe(1);
    await expect(scheduler.createSchedule({ ...request, ClientToken: 'other' })).rejects.toMatchObject({
      type: 'ConflictException',
    });
  });

  it('is not taken for created while it may come to nothing', async () => {
    const kept = inMemoryMap<Schedule>();
    let refuse: (error: Error) => void = () => undefined;
    const set = () =>
      new Promise<void>((_, reject) => {
        refuse = reject;
      });
    const full: KeptMap<Schedule> = { ...kept, set };
    const { scheduler } = await start({ schedules: full });

    const first = scheduler.createSchedule(request).catch((error: Error) => error.message);
    const second = scheduler.createSchedule(request);
    Object.assign(full, { set: kept.set });
    refuse(new Error('The disk is full.'));

    expect(await first).toBe('The disk is full.');
    expect(await second).toBe(ARN);
    expect(scheduler.pending).toBe(1);
  });

  it.each(['getSchedule', 'deleteSchedule'] as const)('that is not there is not found by %s', async (action) => {
    const { scheduler } = await start();

    await expect(async () => scheduler[action]({ Name: 'nobody' })).rejects.toMatchObject({
      code: 'SCHEDULER_REFUSED',
      type: 'ResourceNotFoundException',
      message: 'Schedule nobody does not exist.',
    });
  });
});

describe('a scheduler that was killed', () => {
  /** Opens the schedules as the next process does: the one before never closed them. */
  async function fileOf() {
    const directory = await mkdtemp(join(tmpdir(), 'schedules-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    return async () => {
      const file = await openFileMap({ path: join(directory, 'schedules.jsonl') }, parseSchedule);
      onTestFinished(() => file.close());
      return file;
    };
  }

  it('leaves to the next one what has not run: what is due by then runs at once, and what ran does not', async () => {
    const open = await fileOf();
    const first = await start({ schedules: await open() });
    for (const [name, second] of [
      ['ran', 10],
      ['due', 60],
      ['later', 120],
    ] as const) {
      await first.scheduler.createSchedule(named(name, { ScheduleExpression: atSecond(second) }));
    }
    await first.clock.pass(10_000);
    // The file has its own time.
    await expect.poll(async () => (await open()).entries().size).toBe(2);

    const second = setUp({ schedules: await open(), now: START + 90_000 });
    expect(second.scheduler.pending).toBe(2);
    expect(second.seconds).toEqual([]);
    second.scheduler.start();
    await second.clock.pass(60_000);

    expect(second.seconds).toEqual([90, 120]);
    expect(first.seconds).toEqual([10]);
  });

  it('leaves nothing of what was deleted', async () => {
    const open = await fileOf();
    const { scheduler } = await start({ schedules: await open() });
    await scheduler.createSchedule(request);
    await scheduler.deleteSchedule({ Name: 'charge-42' });

    expect(new Scheduler({ bus: setUp().bus, schedules: await open(), log: () => undefined }).pending).toBe(0);
  });

  it('between the event and its end puts the event a second time, and never none', async () => {
    const open = await fileOf();
    const file = await open();
    let finish: () => void = () => undefined;
    const never = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const first = await start({ schedules: { ...file, delete: never } });
    await first.scheduler.createSchedule(request);
    await first.clock.pass(60_000);
    expect(first.seconds).toEqual([60]);

    const second = await start({ schedules: await open(), now: START + 70_000 });
    await second.clock.pass(0);

    expect(second.seconds).toEqual([70]);
    finish();
  });
});
