import type { ParkingNotice } from '@everfold/projections';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

/* What a function writes, to standard output and error. */

/** Loaded anew: a process reads its environment once. */
async function load() {
  vi.resetModules();
  return {
    ...(await import('./gauge.js')),
    ...(await import('./hooks.js')),
    ...(await import('./log.js')),
    ...(await import('./metrics.js')),
    ...(await import('./observed-batch.js')),
    ...(await import('./observed-event.js')),
    ...(await import('./observed-request.js')),
  };
}

let observing: Awaited<ReturnType<typeof load>>;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Test');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'orders');
  observing = await load();
});

afterAll(() => {
  vi.unstubAllEnvs();
  // What is loaded here is not for other files.
  vi.resetModules();
});

beforeEach(() => {
  lines = [];
  const keep = (line: string | Uint8Array) => lines.push(JSON.parse(String(line))) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});

afterEach(() => void vi.restoreAllMocks());

const SECRET = 'hush-4711';
const context = { awsRequestId: 'call-1', functionName: 'charge' } as Context;
const metadata = { correlationId: 'request-1', causationId: 'command-1' };
const delivery = { 'detail-type': 'OrderPlaced', detail: { id: '01JB.0', metadata, data: { card: SECRET } } };
const request = (headers: Record<string, string> = {}) => ({
  requestContext: { requestId: 'request-7', routeKey: 'POST /orders' },
  headers,
  body: JSON.stringify({ card: SECRET }),
});
const record = (stream: string, version: number, correlationId: string) => ({
  eventName: 'INSERT',
  dynamodb: {
    NewImage: {
      stream: { S: stream },
      version: { N: String(version) },
      meta: { S: JSON.stringify({ correlationId, causationId: 'k' }) },
      events: { S: JSON.stringify([{ type: 'Placed', data: { card: SECRET } }]) },
    },
  },
});

/** Calls a function of the kind that takes such events. */
async function call(event: unknown, work: () => unknown = () => undefined) {
  const { observedBatch, observedEvent, observedRequest } = observing;
  const handler = async (_event: never, _context: Context) => work();
  const has = (field: string) => event instanceof Object && field in event;
  if (has('requestContext')) return observedRequest(handler)(event as never, context);
  return has('Records')
    ? observedBatch(handler)(event as never, context)
    : observedEvent(handler)(event as never, context);
}

describe('a line', () => {
  it.each([
    ['a request', request(), 'request-7'],
    ['a request of somebody who has a correlation', request({ 'x-correlation-id': 'theirs' }), 'theirs'],
    ['a request, where theirs is empty', request({ 'x-correlation-id': '' }), 'request-7'],
    ['a request, where theirs is endless', request({ 'x-correlation-id': 'x'.repeat(129) }), 'request-7'],
    ['a request, where theirs is no id', request({ 'x-correlation-id': 'a b' }), 'request-7'],
    ['an event of the bus', delivery, 'request-1'],
    ['a timer', { 'detail-type': 'SagaTimer', detail: { saga: 's', key: 'k' } }, 'call-1'],
    ['a batch of the stream', { Records: [record('order-1', 1, 'request-2')] }, 'call-1'],
    ['what is none of these', undefined, 'call-1'],
  ])('has the correlation of %s', async (_what, event, correlationId) => {
    await call(event, () => observing.log('info', 'within'));

    expect(lines).toMatchObject([
      { message: 'within', correlation_id: correlationId, function_name: 'charge', function_request_id: 'call-1' },
      { correlation_id: correlationId },
    ]);
  });

  it('has the correlation of its own call, whatever else runs', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        call(request({ 'x-correlation-id': id }), async () => {
          await Promise.resolve();
          observing.log('info', `of ${id}`);
        }),
      ),
    );

    const within = lines.filter(({ message }) => String(message).startsWith('of '));
    expect(within.map(({ correlation_id: id, message }) => `${message}: ${id}`)).toEqual([
      'of a: a',
      'of b: b',
      'of c: c',
    ]);
  });

  it('about a commit has the correlation of that commit', async () => {
    const { onParking } = observing.observedParking({} as never).parking;
    const parked = { stream: 'order-2', version: 3, attempts: 3, error: { name: 'E', message: SECRET } };
    const Records = [record('order-1', 8, 'request-1'), record('order-2', 3, 'request-2')];
    await call({ Records }, () => {
      observing.onFailure({ stream: 'order-1', after: 7, sequenceNumber: '1', error: new Error('no') });
      onParking({ kind: 'parked', projection: 'orders@1', parked } as ParkingNotice);
    });

    expect(lines.slice(0, 2)).toMatchObject([
      { level: 'ERROR', stream: 'order-1', correlation_id: 'request-1' },
      { level: 'ERROR', stream: 'order-2', correlation_id: 'request-2', projection: 'orders@1' },
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('tells of what is thrown, which is thrown on, and of no field of it', async () => {
    class Declined extends Error {
      readonly code = 'DECLINED';
      readonly card = SECRET;
    }

    const failing = call(delivery, () => Promise.reject(new Declined('no money')));

    await expect(failing).rejects.toThrow('no money');
    const error = { code: 'DECLINED', message: 'no money' };
    expect(lines).toMatchObject([{ level: 'ERROR', correlation_id: 'request-1', event_id: '01JB.0', error }]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it.each([
    ['a text that is no JSON', () => JSON.parse(SECRET)],
    ['a value that is taken', () => Promise.reject(Object.assign(new Error(SECRET), { code: 'CLAIM_TAKEN' }))],
  ])('does not quote %s', async (_what, fail) => {
    await expect(call(request(), fail)).rejects.toThrow();

    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  it('of a step that is parked has its key, and nothing of its ledger but that', async () => {
    const entry = { saga: 'fulfilment', step: 'charge', key: 'o1', data: { card: SECRET } };
    await call(delivery, () => {
      observing.onEntry({ ...entry, type: '$started' });
      observing.onEntry({ ...entry, type: '$parked' });
    });

    expect(lines.slice(0, -1)).toMatchObject([{ level: 'ERROR', saga: 'fulfilment', step: 'charge', key: 'o1' }]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});

describe('a metric', () => {
  it('is written when the call is over, one line for all of them, and none where nothing was measured', async () => {
    await call(delivery);
    await call(delivery, () => {
      observing.measure('EventsAppended', 2);
      observing.measure('AppendConflicts', 1);
    });

    const [line, ...others] = lines.filter((each) => '_aws' in each);
    expect(line).toMatchObject({ service: 'orders', EventsAppended: 2, AppendConflicts: 1 });
    expect(others).toEqual([]);
  });

  it('is written of a call that failed, too', async () => {
    const failing = call(delivery, () => {
      observing.measure('AppendConflicts', 1);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(lines).toContainEqual(expect.objectContaining({ AppendConflicts: 1 }));
  });

  it('says what is parked, of sagas and of projections together, and how old the sagas are', async () => {
    const runs = {
      gauges: async () => ({
        parked: { count: 1, oldestMs: 5 },
        overdue: { count: 1, oldestMs: 60_000 },
        running: { count: 4, oldestMs: 90_000 },
        open: {},
      }),
    };
    const lot = {
      listParked: async (projection: string) => ({ entries: projection === 'orders@1' ? [{}, {}] : [] }) as never,
    };
    const gauged = { runs, lot, projections: ['orders@1', 'revenue@1'], clock: { now: () => 0 } };

    await call(undefined, () => observing.gauge(gauged));

    const measured = { Parked: 3, OpenSagas: 4, SagaAge: 90_000, SagaOverdue: 60_000 };
    expect(lines).toContainEqual(expect.objectContaining(measured));
    const projections = [{ projection: 'orders@1', streams: 2 }];
    expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', runs: 1, projections }));
  });
});
