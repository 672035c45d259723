import { isObject } from './pattern/leaf.js';
import type { PutEventsEntry, PutEventsRequest } from './put-events.js';
import { PutEventsRefusedError } from './put-events-refused-error.js';

/**
 * Reads the body of a `PutEvents` request: AWS JSON 1.1, times in seconds since 1970.
 *
 * @throws PutEventsRefusedError when it is not JSON, or a member has another type than the API gives it.
 */
export function parsePutEvents(body: string): PutEventsRequest {
  const request = parseJson(body);
  if (!isObject(request)) throw notSerialized('the request is not an object');
  const entries = request.Entries ?? undefined;
  if (entries !== undefined && !Array.isArray(entries)) throw notSerialized('Entries is not a list');
  return { Entries: entries?.map(parseEntry) };
}

function parseEntry(entry: unknown): PutEventsEntry {
  if (!isObject(entry)) throw notSerialized('an entry is not an object');
  return {
    Source: optionalString('Source', entry.Source),
    DetailType: optionalString('DetailType', entry.DetailType),
    Detail: optionalString('Detail', entry.Detail),
    EventBusName: optionalString('EventBusName', entry.EventBusName),
    Time: optionalTime(entry.Time),
    Resources: optionalStrings('Resources', entry.Resources),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw notSerialized('the request is not JSON', { cause: error });
  }
}

function optionalString(member: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw notSerialized(`${member} is not a string`);
}

function optionalStrings(member: string, value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  throw notSerialized(`${member} is not a list of strings`);
}

function optionalTime(seconds: unknown): Date | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  const time = typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) throw notSerialized('Time is not a number of seconds');
  return time;
}

function notSerialized(problem: string, options?: ErrorOptions): PutEventsRefusedError {
  return new PutEventsRefusedError('SerializationException', `Cannot read the request: ${problem}.`, options);
}
