import { expect, test } from 'vitest';
import { createBusAnswers } from './bus-answers.js';

const putEvents = (...details: object[]) =>
  JSON.stringify({ Entries: details.map((detail) => ({ Source: 's', Detail: JSON.stringify(detail) })) });

test('the bus takes every entry, and gives each an id of its own', () => {
  const { accept } = createBusAnswers();

  expect(JSON.parse(accept(putEvents({ n: 1 }, { n: 2 })))).toEqual({
    FailedEntryCount: 0,
    Entries: [{ EventId: '1' }, { EventId: '2' }],
  });
  expect(JSON.parse(accept(putEvents({ n: 3 })))).toMatchObject({ Entries: [{ EventId: '3' }] });
});

test('the bus tells what arrived, in order, and tells it once', () => {
  const { accept, take } = createBusAnswers();
  accept(putEvents({ n: 1 }, { n: 2 }));
  accept(putEvents({ n: 3 }));

  expect(JSON.parse(take())).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(JSON.parse(take())).toEqual([]);
});
