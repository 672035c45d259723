import { SERVICE_METRICS } from '@everfold/cdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../functions.js';
import { lambdaOf, named, ofType, SLOW_MS, synthesised } from '../infra/stack.test.fixture.js';
import { ALARM_METRICS, CUSTOM_METRICS, MEMORY_MB, queues, streams } from './deployed.js';

beforeAll(() => {
  synthesised();
}, SLOW_MS);

describe('what bills take from the template', () => {
  const kinds = Object.entries(MEMORY_MB).filter(([kind]) => functions.some(({ trigger }) => trigger.kind === kind));

  it.each(kinds)('is there: functions called by %s have %i MB', (kind, memory) => {
    const sizes = named(kind as keyof typeof MEMORY_MB).map(({ name }) => lambdaOf(name).properties.MemorySize);

    expect(new Set(sizes)).toEqual(new Set([memory]));
  });

  it('is there: so many metrics are looked at by alarms', () => {
    const looked = ofType(synthesised().resources, 'AWS::CloudWatch::Alarm').map(({ properties }) =>
      properties.Metrics === undefined
        ? 1
        : properties.Metrics.filter(({ MetricStat }: { MetricStat?: unknown }) => MetricStat !== undefined).length,
    );

    expect(looked.reduce((sum, count) => sum + count, 0)).toBe(ALARM_METRICS);
  });

  it('is there: so many metrics are written, of each projection and each way in which a run ends', () => {
    const values = {
      projection: named('stream').filter(({ name }) => name !== 'publish-events').length,
      outcome: 2,
      service: 1,
    };
    const counts = Object.values(SERVICE_METRICS).map((dimensions) =>
      dimensions.reduce((product, dimension) => product * values[dimension], 1),
    );

    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CUSTOM_METRICS);
  });

  it('is there: queues and readers of the stream', () => {
    const mappings = ofType(synthesised().resources, 'AWS::Lambda::EventSourceMapping');
    const ofStream = mappings.filter(({ properties }) => properties.StartingPosition !== undefined);

    expect(ofStream).toHaveLength(streams.length);
    expect(mappings.length - ofStream.length).toBe(queues);
  });
});
