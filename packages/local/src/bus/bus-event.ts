import type { JsonObject } from './pattern/leaf.js';

/**
 * An event as EventBridge hands it to a function: an `EventBridgeEvent<string, unknown>`.
 * Source: EventBridge User Guide, "AWS service event metadata".
 */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: string[];
  readonly detail: JsonObject;
}

/** ISO 8601 to the second, as EventBridge writes times. */
export function toSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+/, '');
}
