import { ATTEMPTED, FENCED, type Fenced, PARKED, type Parked, STARTED, TOMBSTONED } from '../ledger.js';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import type { SagaOutcome } from './outcomes.js';
import { type Act, type Actor, rehearse, type Scene } from './rehearsal.js';
import { spanOf, textOf } from './words.js';

/**
 * Draws how a run of a saga comes to an outcome, as a Mermaid sequence diagram: who hears which event over the bus, and what it
 * does then.
 *
 * It is the record of a run by the saga's own handlers, on a store in memory and with a clock that jumps to the next timer; only
 * what the steps come to is put by the outcome. So none of the definition's functions is called. Deliveries that change nothing
 * are left out.
 *
 * @param saga - The definition. Earlier versions of it are not drawn.
 * @param outcome - One of `outcomesOf(saga)`.
 * @throws InvalidArgumentError when the outcome is none of the saga.
 *
 * @example
 * ```ts
 * import { mermaidSequence } from '@everfold/saga/diagrams';
 * const diagram = await mermaidSequence(saga, { kind: 'failed', step: 'charge', type: 'PaymentDeclined' });
 * ```
 */
export async function mermaidSequence(saga: AnySaga, outcome: SagaOutcome): Promise<string> {
  const scenes = tellable(saga, await rehearse(saga, outcome));
  const present = new Set(
    scenes.flatMap(({ from, to, acts }) => [from, to, ...acts.map(({ step }) => step)].map(nameOf)),
  );
  const inOrder = new Set(['outside', ...saga.steps.map(({ by }) => by), 'end']);
  const names = [...inOrder].filter((name) => present.has(name));
  const idOf = (actor: Actor) => `p${names.indexOf(nameOf(actor))}`;
  const titles = names.map((name) => (name === 'end' ? `the end of ${saga.name}` : name));
  const lines = [
    ...titles.map((title, index) => `participant p${index} as ${textOf(title)}`),
    ...scenes.flatMap((scene) => linesOf(scene, idOf)),
  ];
  return ['sequenceDiagram', ...lines.map((line) => `  ${line}`)].join('\n');
}

function nameOf(actor: Actor): string {
  return typeof actor === 'string' ? actor : actor.by;
}

/** A scene as it is told. */
interface Told extends Scene {
  /** Nothing is done yet, for somebody else is not so far. */
  readonly isWaiting: boolean;
  /** So many attempts like it came one after the other. */
  readonly times: number;
}

/** The scenes that change something, or show what is waited for. */
function tellable(saga: AnySaga, scenes: readonly Scene[]): Told[] {
  const begun = new Set<Actor>();
  const told: Told[] = [];
  for (const scene of scenes) {
    const { to, from, event, acts, recorded, isBack } = scene;
    const isDone = acts.length > 0 || recorded.length > 0;
    const isJoin = to === 'end' || (typeof to !== 'string' && to.on.length > 1 && !isBack);
    const isWaiting = !isDone && isJoin && event !== undefined && !begun.has(to);
    if (isDone && !isBack) begun.add(to);
    if (isDone && to === 'end') begun.add(to);
    if (!isDone && !isWaiting && to !== 'outside' && (from !== 'outside' || event === saga.cancel)) continue;
    const last = told.at(-1);
    if (last && isAttempt(last) && isAttempt(scene))
      told.splice(-1, 1, { ...last, times: last.times + 1, atMs: scene.atMs });
    else told.push({ ...scene, isWaiting, times: 1 });
  }
  return told;
}

/** Whether it is an attempt by a timer that failed, like the one before. */
function isAttempt({ event, acts }: Scene): boolean {
  return (
    event === undefined && acts.length === 2 && acts.some(({ kind, ...act }) => 'type' in act && act.type === ATTEMPTED)
  );
}

function linesOf(scene: Told, idOf: (actor: Actor) => string): string[] {
  const { event, from, to, isBack } = scene;
  const message = event === undefined ? [] : [`${idOf(from)}${isBack ? '--)' : '-)'}${idOf(to)}: ${textOf(event)}`];
  const notes: { readonly step: SagaStep; readonly texts: string[] }[] = [];
  for (const act of scene.acts) {
    const text = wordsOf(act);
    if (text === undefined) continue;
    const last = notes.at(-1);
    if (last?.step.name === act.step.name) last.texts.push(textOf(text));
    else notes.push({ step: act.step, texts: [textOf(text)] });
  }
  const [first] = notes;
  if (event === undefined && first) first.texts.unshift(timerOf(scene));
  return [
    ...message,
    ...(scene.isWaiting
      ? [`Note over ${idOf(to)}: ${to === 'end' ? '' : `${textOf(nameOfStep(to))}: `}waits for the rest`]
      : []),
    ...notes.map(({ step, texts }) => `Note over ${idOf(step)}: ${step.name}: ${texts.join('<br/>')}`),
  ];
}

function nameOfStep(actor: Actor): string {
  return typeof actor === 'string' ? actor : actor.name;
}

function timerOf({ times, atMs }: Told): string {
  return times === 1
    ? `by a timer, ${spanOf(atMs)} after the start`
    : `by ${times} timers, the last ${spanOf(atMs)} after the start`;
}

/** What is said of an act, if anything. */
function wordsOf(act: Act): string | undefined {
  if (act.kind === 'worked') return WORK[act.work](act.step);
  if (act.kind === 'answered') return 'its service answers';
  switch (act.type) {
    case STARTED:
      return wordsOfStart(act.step);
    case ATTEMPTED:
      return 'has no answer, and sets a timer';
    case FENCED:
      return `fenced (${(act.data as Fenced).why}), no success is recorded any more`;
    case TOMBSTONED:
      return 'barred, never begins';
    case PARKED:
      return `parked for somebody to look into it, ${(act.data as Parked).reason}`;
    default:
      return undefined;
  }
}

const WORK: Readonly<Record<'run' | 'fail' | 'undo', (step: SagaStep) => string>> = {
  run: ({ effect }) => (effect === 'store' ? 'acts in the store, with its outcome' : 'calls out under its key'),
  fail: ({ work }) => (work === 'wait' ? 'given up' : 'makes its call void, by its key'),
  undo: ({ effect }) => (effect === 'store' ? 'takes back in the store, with its outcome' : 'takes back under its key'),
};

function wordsOfStart({ work, deadline }: SagaStep): string {
  const span = deadline === undefined ? '' : `, ${spanOf(deadline.afterMs)} at most`;
  if (work === 'run') return 'records its start';
  return work === 'wait' ? `waits for a fact from outside${span}` : `waits for its service${span}`;
}
