import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account } from '../account.test.fixture.js';
import { endOf, startOf } from '../commit.js';
import type { EventStore } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository, type RepositoryOf } from '../repository.js';
import { traceEventStore, traceRepository } from './index.js';
import {
  elsewhere,
  eventsOf,
  idsOf,
  inRoot,
  linksOf,
  metadata,
  type Recording,
  recordSpans,
} from './recording.test.fixture.js';

const noWait = { now: () => 0, sleep: async () => {} };

function traced(inner: EventStore): RepositoryOf<typeof account> {
  return traceRepository(account, createRepository(account, { store: traceEventStore(inner), clock: noWait }));
}

describe('a traced repository', () => {
  let recording: Recording;

  beforeEach(() => {
    recording = recordSpans();
  });

  afterEach(() => recording.end());

  test('records a command around its load and its append', async () => {
    const { version } = await inRoot('POST', () =>
      traced(new InMemoryEventStore()).execute('7', 'depositTwice', 100, { metadata }),
    );

    expect(version).toBe(2);
    const span = recording.span('execute account.depositTwice');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.attributes).toEqual({
      'everfold.category': 'account',
      'everfold.stream': 'account-7',
      'everfold.command': 'depositTwice',
      'everfold.version': 2,
      'everfold.events': 2,
    });
    expect(span.parentSpanContext?.spanId).toBe(recording.span('POST').spanContext().spanId);
    const children = ['load account', 'append account'].map((name) => recording.span(name).parentSpanContext?.spanId);
    expect(children).toEqual([span.spanContext().spanId, span.spanContext().spanId]);
    expect(idsOf(recording.spans()).size).toBe(1);
  });

  test('tells how often it came second, and that it succeeded', async () => {
    const inner = new InMemoryEventStore();
    const { load } = inner;
    let rivals = 2;
    inner.load = async (stream, query) => {
      const latest = await load.call(inner, stream, query);
      if (rivals-- > 0) {
        const last = latest.commits.at(-1);
        const after = last === undefined ? startOf(stream) : endOf(last);
        await inner.append({ after, events: [{ type: 'Deposited', data: { cents: 1 } }], metadata });
      }
      return latest;
    };

    await traced(inner).execute('7', 'deposit', { cents: 100 });

    const span = recording.span('execute account.deposit');
    expect(eventsOf(span)).toEqual([
      ['conflict', { 'everfold.stream': 'account-7', 'everfold.expected_version': 0 }],
      ['conflict', { 'everfold.stream': 'account-7', 'everfold.expected_version': 1 }],
    ]);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    const appends = recording.spans().filter(({ name }) => name === 'append account');
    expect(appends.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
  });

  test('records a rejection with the reason of the domain', async () => {
    const accounts = traced(new InMemoryEventStore());
    await expect(accounts.execute('7', 'withdraw', 1)).rejects.toMatchObject({ code: 'REJECTED' });
    await expect(accounts.decide('7', 'withdraw', 1)).rejects.toMatchObject({ code: 'REJECTED' });

    for (const name of ['execute account.withdraw', 'decide account.withdraw']) {
      expect(recording.span(name)).toMatchObject({
        status: { code: SpanStatusCode.ERROR, message: 'There are only 0 cents.' },
        attributes: { 'everfold.error.code': 'REJECTED', 'everfold.error.reason': 'OVERDRAWN' },
      });
    }
  });

  test('records a decision', async () => {
    const accounts = traced(new InMemoryEventStore());
    const decision = await accounts.decide('7', 'deposit', { cents: 1 });
    await accounts.decide('7', 'ignore', undefined);

    expect(decision).toMatchObject({ events: [{ type: 'Deposited' }] });
    expect(recording.span('decide account.deposit').attributes['everfold.events']).toBe(1);
    expect(recording.span('decide account.ignore').attributes['everfold.events']).toBe(0);
  });

  test('names no span by a command that does not exist', async () => {
    const command = 'x'.repeat(99) as 'ignore';
    await expect(traced(new InMemoryEventStore()).execute('7', command, undefined)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });

    expect(recording.names().at(-1)).toBe('execute account');
  });

  test('goes on with the trace of what caused the command', async () => {
    const options = { metadata: { ...metadata, ...elsewhere.metadata } };
    const accounts = traced(new InMemoryEventStore());
    await accounts.execute('7', 'deposit', { cents: 1 }, options);
    await inRoot('POST', () => accounts.execute('8', 'depositTwice', 1, options));

    expect(recording.span('execute account.deposit').parentSpanContext?.spanId).toBe(elsewhere.spanId);
    expect(linksOf(recording.span('execute account.depositTwice'))).toEqual([elsewhere.traceparent]);
  });

  test('is otherwise the repository that it wraps', async () => {
    const repository = createRepository(account, { store: new InMemoryEventStore() });
    const accounts = traceRepository(account, repository);

    expect(Object.keys(accounts)).toEqual(Object.keys(repository));
    await accounts.execute('7', 'deposit', { cents: 3 }, { expectedVersion: 0 });
    expect(await accounts.load('7')).toMatchObject({ state: { balance: 3 }, version: 1 });
  });
});
