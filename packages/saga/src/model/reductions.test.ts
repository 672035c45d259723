import { describe, expect, test } from 'vitest';
import { Automaton } from './automaton.js';
import { exploreSaga } from './explore.js';
import { type Guard, rulesWithout } from './guards.js';
import { contract, inStore, outside, pivot, saga } from './order.test.fixture.js';

/* What is left out of a state must leave nothing out that matters. */

const charged = saga('charged', [outside('charge', 'Placed'), pivot('ship', 'chargeDone', { effect: 'store' })]);
const held = saga('held', [inStore('hold', 'Placed'), pivot('ship', 'holdDone')], { cancel: 'Stopped' });
const elsewhere = saga(
  'elsewhere',
  [inStore('hold', 'Placed'), contract('pack', 'holdDone'), pivot('ship', 'packDone')],
  { cancel: 'Stopped' },
);

/** All that ledgers, books and the end may come to. */
function standings(explored: typeof charged, isReduced: boolean): ReadonlySet<string> {
  const automaton = new Automaton(explored, rulesWithout(undefined, isReduced));
  const known = new Set(automaton.initial().map(({ to }) => to));
  const found = new Set<string>();
  for (const state of known) {
    found.add(automaton.standingOf(state));
    for (const { to } of automaton.next(state)) known.add(to);
  }
  return found;
}

describe.each([{ explored: charged }, { explored: held }, { explored: elsewhere }])(
  'reduced, the saga $explored.name',
  ({ explored }) => {
    test('comes to all that it comes to act by act', () => {
      const reduced = standings(explored, true);
      const actByAct = standings(explored, false);

      expect([...actByAct].filter((standing) => !reduced.has(standing))).toEqual([]);
      expect([...reduced].filter((standing) => !actByAct.has(standing))).toEqual([]);
    });
  },
);

test.each<{ readonly without: Guard }>([{ without: 'fence' }, { without: 'provider cancel' }, { without: 'undo' }])(
  'without the $without, what breaks act by act breaks reduced as well',
  ({ without }) => {
    const reduced = exploreSaga(charged, { without });
    const actByAct = exploreSaga(charged, { without, reduced: false });

    expect(reduced.violation?.problem).toBe(actByAct.violation?.problem);
  },
);
