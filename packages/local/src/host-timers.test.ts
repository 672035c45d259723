import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { defineFunctions } from '@everfold/core';
import { SchedulerTimers } from '@everfold/saga';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BusEvent } from './bus/bus-event.js';
import { startHost } from './host.js';
import { type HandClock, handClock } from './schedules/clock.test.fixture.js';
import { RecordFeed } from './streams/record-feed.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** Functions write here what they were called with. */
const calls: BusEvent[] = [];
Object.assign(globalThis, { callsOfHostTimersTest: calls });

const entry = new URL(
  `data:text/javascript,${encodeURIComponent('export const handler = async (event) => { callsOfHostTimersTest.push(event); };')}`,
);

const functions = defineFunctions([
  {
    name: 'charge',
    entry,
    trigger: { kind: 'bus', pattern: { source: ['shop.payment'], 'detail-type': ['SagaTimer'] } },
  },
  { name: 'sweep', entry, trigger: { kind: 'timer', every: '5m' } },
]);

afterEach(() => {
  calls.length = 0;
});

async function start(clock: HandClock, stateDirectory?: string, wiring = functions) {
  const host = await startHost({
    functions: wiring,
    source: new RecordFeed('memory:timers'),
    busName: 'orders',
    deadLetters: { write: async () => undefined },
    clock,
    ...(stateDirectory !== undefined && { stateDirectory }),
  });
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    const stopped = host.stop();
    // The stream's reader hears of it when its wait is over.
    await clock.pass(1_000);
    await stopped;
  };
  onTestFinished(stop);
  return { host, stop };
}

/** Timers on the SDK's own client, which finds the host by its environment. */
function timersOf(clock: HandClock): SchedulerTimers {
  const client = new SchedulerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  onTestFinished(() => client.destroy());
  return new SchedulerTimers({
    client,
    busArn: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
    source: 'shop.payment',
    roleArn: 'arn:aws:iam::000000000000:role/timers',
    clock,
  });
}

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'state-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** A function whose module takes as long to load as the test wants. */
function loadGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  Object.assign(globalThis, { reachGateOfHostTimersTest: reach, gateOfHostTimersTest: opened });
  const code = `
    reachGateOfHostTimersTest();
    await gateOfHostTimersTest;
    export const handler = async (event) => { callsOfHostTimersTest.push(event); };`;
  const slow = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const [charge] = functions;
  if (charge === undefined) throw new Error('No function.');
  return { functions: defineFunctions([{ ...charge, entry: slow }]), reached, open: () => open() };
}

const timerAt = (milliseconds: number) => ({
  saga: 'fulfilment',
  step: 'charge',
  key: '42',
  at: new Date(milliseconds).toISOString(),
});

const seconds = () => calls.map(({ time }) => (Date.parse(time) - START) / 1000);

describe('a timer of a saga on the local host', () => {
  it('comes back through a rule of the bus at its time, once, though it is set twice', async () => {
    const clock = handClock(START);
    const { host } = await start(clock);
    const timer = timerAt(START + MINUTE);
    const timers = timersOf(clock);

    await timers.set(timer);
    await timers.set(timer);
    await clock.pass(MINUTE - 1);
    expect(calls).toEqual([]);
    await clock.pass(MINUTE);
    await host.bus.idle();

    expect(calls).toEqual([
      expect.objectContaining({ 'detail-type': 'SagaTimer', source: 'shop.payment', detail: timer }),
    ]);
    expect(seconds()).toEqual([60]);
    expect(host.scheduler.pending).toBe(0);
  });

  it('comes soon when its time is past', async () => {
    const clock = handClock(START);
    const { host } = await start(clock);

    await timersOf(clock).set(timerAt(START - MINUTE));
    await clock.pass(MINUTE);
    await host.bus.idle();

    expect(seconds()).toEqual([10]);
  });

  it('comes back on the next host when this one is stopped, at once when it was due in between', async () => {
    const stateDirectory = await emptyDirectory();
    const clock = handClock(START);
    const first = await start(clock, stateDirectory);
    await timersOf(clock).set(timerAt(START + MINUTE));
    await timersOf(clock).set(timerAt(START + 4 * MINUTE));
    await first.stop();

    const later = handClock(START + 2 * MINUTE);
    const { host } = await start(later, stateDirectory);
    await later.pass(2.5 * MINUTE);

    // The journal takes its own time.
    await expect.poll(seconds).toEqual([120, 240]);
    await expect.poll(() => host.scheduler.pending).toBe(0);
  });

  it('does not come back before the functions are loaded', async () => {
    const stateDirectory = await emptyDirectory();
    const first = await start(handClock(START), stateDirectory);
    await timersOf(handClock(START)).set(timerAt(START + MINUTE));
    await first.stop();
    const gate = loadGate();

    const starting = start(handClock(START + 2 * MINUTE), stateDirectory, gate.functions);
    await gate.reached;
    // Time for what should not happen: the journal would write one file once.
    for (let write = 0; write < 20; write += 1) await writeFile(join(stateDirectory, 'other'), `${write}`);
    gate.open();
    await starting;

    await expect.poll(seconds).toEqual([120]);
  });
});

describe('a function at a rate on the local host', () => {
  it('gets a scheduled event each time', async () => {
    const clock = handClock(START);
    const { host } = await start(clock);

    await clock.pass(11 * MINUTE);
    await host.bus.idle();

    expect(seconds()).toEqual([300, 600]);
    expect(calls[0]).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} });
  });

  it('runs on the next host at once when it was due in between', async () => {
    const stateDirectory = await emptyDirectory();
    const clock = handClock(START);
    const first = await start(clock, stateDirectory);
    await first.stop();

    const later = handClock(START + 7 * MINUTE);
    await start(later, stateDirectory);
    await later.pass(MINUTE);

    await expect.poll(seconds).toEqual([420]);
  });
});
