import { judgeAnswer } from '../answers.js';
import { eventOf } from './ledger-states.js';
import { type Move, written } from './moves.js';
import type { Local, Part } from './part.js';
import type { Surroundings } from './step-moves.js';

/* Another service that runs a step, and keeps its contract: it answers the trigger, and what asks it to take its work back. */

export function serviceMoves(part: Part, local: Local, { trigger, causes }: Surroundings): Move[] {
  const { fails, undo, name, contract } = part.step;
  const { books } = local;
  const who = `${name}: the service "${contract?.source}"`;
  const moves: Move[] = [];
  if (books === 'nothing' && trigger !== undefined) {
    moves.push({ to: { ...local, books: 'stands', effects: local.effects + 1 }, says: `${who} does its work` });
    if (fails.length > 0) moves.push({ to: { ...local, books: 'refused' }, says: `${who} refuses` });
  }
  const isAsked = local.ledger.asked !== undefined;
  // Without being asked, it would go by the very events upon which it is asked.
  const cause = part.rules.has('ask') ? isAsked && undo?.ask : causes[0];
  if (cause && books === 'nothing' && fails.length > 0)
    moves.push({ to: { ...local, books: 'refused' }, says: `${who}, upon ${cause}, will not begin` });
  if (cause && books === 'stands' && undo !== undefined)
    moves.push({ to: { ...local, books: 'undone' }, says: `${who}, upon ${cause}, takes its work back` });
  return [...moves, ...answers(part, local, isAsked)];
}

/** Its answers come at any moment after, in any order and any number of times. */
function answers(part: Part, local: Local, isAsked: boolean): Move[] {
  const { step } = part;
  const { books, effects } = local;
  const [failure] = step.fails;
  const said = [
    ...(effects > 0 ? [step.ok] : []),
    ...(books === 'refused' || books === 'cancelled' ? [failure ?? ''] : []),
    ...(step.undo && isAsked && (books === 'undone' || books === 'voided') ? [step.undo.ok] : []),
  ];
  return said.flatMap((type) => {
    const verdict = judgeAnswer(step, local.ledger, eventOf(type));
    if (verdict === 'known') return [];
    if (verdict === 'news') {
      const to = written(part, local, { entries: [{ type }], says: '' });
      return [{ to, says: `${step.name}: the service's answer ${type} is recorded` }];
    }
    const broken = `the service that runs ${step.name} keeps its contract, and its answer ${type} is refused`;
    return [{ to: { ...local, broken }, says: `${step.name}: the service's answer ${type} is refused` }];
  });
}
