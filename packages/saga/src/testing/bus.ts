import type { EventPattern, RecordedEvent } from '@everfold/core';
import { type BusHandler, toEntry } from '@everfold/eventbridge';
import { TIMER_DETAIL_TYPE, type Timer } from '../timers/timers.js';

/** An event as EventBridge hands it to a function. */
export type BusEvent = Parameters<BusHandler>[0];

/** Under which the saga's own events are published. */
export const SOURCE = 'saga-fixture';

function busEvent(id: string, source: string, type: string, time: string, detail: unknown): BusEvent {
  const place = { version: '0', account: '000000000000', region: 'local', resources: [] };
  return { ...place, id, source, time, detail, 'detail-type': type };
}

/** A recorded event as the publisher puts it on the bus. */
export function published(event: RecordedEvent): BusEvent {
  const { Detail = '' } = toEntry(event, { busName: 'bus', source: SOURCE });
  return busEvent(event.id, SOURCE, event.type, event.at, JSON.parse(Detail));
}

/** A timer that comes back. */
export function expired(timer: Timer): BusEvent {
  return busEvent(`timer of ${timer.step}`, SOURCE, TIMER_DETAIL_TYPE, timer.at, timer);
}

/** What another service answers. */
export function answered(
  id: string,
  source: string,
  event: { readonly type: string; readonly data: unknown },
  at: string,
) {
  return busEvent(id, source, event.type, at, JSON.parse(JSON.stringify(event.data)));
}

/** Whether a pattern lets something through: as far as the patterns of sagas go, which have exact values and `$or`. */
export function matches(pattern: EventPattern, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(pattern).every(([field, wanted]) => {
    if (!Array.isArray(wanted)) return matches(wanted as EventPattern, fields.get(field));
    if (field === '$or') return wanted.some((each: EventPattern) => matches(each, value));
    return wanted.includes(fields.get(field));
  });
}
