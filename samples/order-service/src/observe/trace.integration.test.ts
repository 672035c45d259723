import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  // Tables of its own: whoever tests beside this leaves its runs alone.
  const suffix = process.hrtime.bigint();
  for (const name of ['EVENTS_TABLE', 'READ_MODELS_TABLE', 'BOOKS_TABLE']) vi.stubEnv(name, `${name}-${suffix}`);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});

afterAll(() => {
  vi.unstubAllEnvs();
  trace.disable();
  context.disable();
});

it('An order is one trace, from the request to its completion', async () => {
  vi.resetModules();
  const { runLocally } = await import('../world/run-locally.js');
  const service = await runLocally({});
  try {
    await service.stock.execute('lamp', 'receive', { units: 1 });
    exporter.reset();

    const lines = [{ productId: 'lamp', units: 1 }];
    const order = { orderId: 'traced', lines, amountCents: 4_990, postcode: '01310-100' };
    const answer = await service.callers.customer('ada').invoke('POST', '/orders', order);
    expect(answer.status).toBe(202);
    const names = () => exporter.getFinishedSpans().map(({ name }) => name);
    await vi.waitUntil(() => names().includes('process OrderCompleted'), { timeout: 30_000 });

    const spans = exporter.getFinishedSpans().filter(({ name }) => /^(append|transact|process [A-Z])/.test(name));
    const traces = new Set(spans.map((span) => span.spanContext().traceId));
    expect(traces.size).toBe(1);
    expect(names()).toEqual(expect.arrayContaining(['append order', 'process OrderPlaced', 'append fulfilment.end']));
  } finally {
    await service.stop();
  }
}, 180_000);
