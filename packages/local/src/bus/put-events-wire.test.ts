import { describe, expect, it } from 'vitest';
import { parsePutEvents } from './put-events-wire.js';

describe('parsePutEvents', () => {
  it('reads the members of an entry, its time in seconds', () => {
    const entry = { Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'b', Resources: ['arn'], Time: 1.5 };

    const { Entries } = parsePutEvents(JSON.stringify({ Entries: [entry] }));

    expect(Entries).toEqual([{ ...entry, Time: new Date(1500) }]);
  });

  it('leaves out what is missing or null', () => {
    expect(parsePutEvents('{"Entries":[{"Source":null}]}').Entries).toEqual([{}]);
    expect(parsePutEvents('{}').Entries).toBeUndefined();
  });

  it.each([
    ['', 'the request is not JSON'],
    ['[]', 'the request is not an object'],
    ['{"Entries":{}}', 'Entries is not a list'],
    ['{"Entries":["a"]}', 'an entry is not an object'],
    ['{"Entries":[{"Source":1}]}', 'Source is not a string'],
    ['{"Entries":[{"Detail":{}}]}', 'Detail is not a string'],
    ['{"Entries":[{"Resources":"arn"}]}', 'Resources is not a list of strings'],
    ['{"Entries":[{"Resources":[1]}]}', 'Resources is not a list of strings'],
    ['{"Entries":[{"Time":"2026-01-01"}]}', 'Time is not a number of seconds'],
    ['{"Entries":[{"Time":1e300}]}', 'Time is not a number of seconds'],
  ])('refuses %s', (body, problem) => {
    expect(() => parsePutEvents(body)).toThrow(
      expect.objectContaining({ type: 'SerializationException', message: `Cannot read the request: ${problem}.` }),
    );
  });
});
