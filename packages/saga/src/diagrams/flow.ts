import { producerOf } from '../derive.js';
import type { AnySaga } from '../saga.js';
import type { SagaStep } from '../step.js';
import { Edges } from './edges.js';
import { spanOf, textOf } from './words.js';

/**
 * Draws a saga as a Mermaid flowchart: the way forward in solid lines, failures and the derived compensation in dashed ones.
 *
 * The shape of a step says what it is: a box is undone by a later failure, a slanted one waits for a fact from outside, a
 * double one is run by another service, a hexagon is the pivot, and rounded is what follows it and cannot fail.
 *
 * @param saga - The definition. Earlier versions of it are not drawn.
 *
 * @example
 * ```ts
 * import { mermaidFlow } from '@everfold/saga/diagrams';
 * const page = ['```mermaid', mermaidFlow(saga), '```'].join('\n');
 * ```
 */
export function mermaidFlow(saga: AnySaga): string {
  const edges = new Edges();
  for (const step of saga.steps) drawForward(saga, step, edges);
  drawTrigger(saga, saga.end.done.on, gathered('done', saga.end.done.on), edges);
  if (saga.end.done.on.length > 1) edges.forward('all_done', 'done');
  drawBack(saga, edges);
  const pivot = saga.steps.findIndex(({ kind }) => kind === 'pivot');
  const [before, after] = pivot < 0 ? [[], saga.steps] : [saga.steps.slice(0, pivot + 1), saga.steps.slice(pivot + 1)];
  const undoable = saga.steps.filter(({ undo }) => undo !== undefined);
  const lines = [
    `start(["${textOf(saga.start)}"])`,
    ...groupOf('before', 'up to the point of no return', before.flatMap(nodesOf)),
    ...after.flatMap(nodesOf),
    ...(saga.end.done.on.length > 1 ? ['all_done(("all"))'] : []),
    `done(["${textOf(saga.end.done.emit)}"])`,
    ...groupOf('compensation', 'compensation', undoable.map(undoNode)),
    ...(rootsOf(saga).length > 1 ? ['all_back(("all"))'] : []),
    ...(saga.cancel === undefined ? [] : [`cancel(["${textOf(saga.cancel)}"])`]),
    `cancelled(["${textOf(saga.end.cancelled.emit)}"])`,
    ...edges.lines(),
  ];
  return ['flowchart TD', ...lines.map((line) => `  ${line}`)].join('\n');
}

function groupOf(id: string, title: string, nodes: readonly string[]): string[] {
  return nodes.length === 0 ? [] : [`subgraph ${id} ["${title}"]`, ...nodes.map((node) => `  ${node}`), 'end'];
}

/** The nodes of a step: itself, what decides whether it waits, and what gathers its triggers. */
function nodesOf(step: SagaStep): string[] {
  return [
    ...(step.on.length > 1 ? [`all_${step.name}(("all"))`] : []),
    ...(step.when ? [`when_${step.name}{"${step.name}<br/>needed?"}`] : []),
    nodeOf(step),
  ];
}

function nodeOf(step: SagaStep): string {
  const id = `step_${step.name}`;
  const label = `"${[step.name, textOf(step.by), ...remarksOf(step)].join('<br/>')}"`;
  if (step.kind === 'pivot') return `${id}{{${label}}}`;
  if (step.work === 'contract') return `${id}[[${label}]]`;
  if (step.kind === 'wait') return `${id}[/${label}/]`;
  return step.kind === 'retriable' ? `${id}(${label})` : `${id}[${label}]`;
}

function remarksOf({ kind, work, deadline }: SagaStep): string[] {
  return [
    ...(kind === 'pivot' ? ['the pivot'] : []),
    ...(work === 'contract' ? ['under a contract'] : []),
    ...(kind === 'retriable' && work === 'run' ? ['until it succeeds'] : []),
    ...(deadline ? [`${work === 'run' ? 'within' : 'waits'} ${spanOf(deadline.afterMs)}`] : []),
  ];
}

function undoNode({ name, by, undo }: SagaStep): string {
  const asked = undo?.ask === undefined ? '' : `<br/>asked by ${textOf(undo.ask)}`;
  return `undo_${name}["undo ${name}<br/>${textOf(by)}${asked}"]`;
}

/** Where the events lead that a step or an end waits for. */
function gathered(name: string, on: readonly string[]): string {
  if (on.length > 1) return `all_${name}`;
  return name === 'done' ? 'done' : `step_${name}`;
}

function drawForward(saga: AnySaga, step: SagaStep, edges: Edges): void {
  const own = `step_${step.name}`;
  if (step.when) edges.forward(`when_${step.name}`, own, 'yes');
  drawTrigger(saga, step.on, step.when ? `when_${step.name}` : gathered(step.name, step.on), edges);
  if (step.on.length > 1) edges.forward(`all_${step.name}`, own);
}

function drawTrigger(saga: AnySaga, on: readonly string[], to: string, edges: Edges): void {
  for (const type of on) {
    const producer = producerOf(type, saga.steps);
    if (producer?.when) edges.forward(`when_${producer.name}`, to, 'no');
    // What an optional step is decided upon reaches the join through that decision.
    const isDecidedUpon = on.some((other) => {
      const optional = producerOf(other, saga.steps);
      return optional?.when !== undefined && optional.on[0] === type;
    });
    if (!isDecidedUpon) edges.forward(producer ? `step_${producer.name}` : 'start', to, textOf(type));
  }
}

/** Failures, compensation and cancellation. */
function drawBack(saga: AnySaga, edges: Edges): void {
  for (const step of saga.steps) {
    for (const type of step.undoneOn) {
      if (type === saga.cancel) continue;
      edges.back(originOf(saga, type), step.undo ? `undo_${step.name}` : `step_${step.name}`, textOf(type));
    }
  }
  const end = rootsOf(saga).length > 1 ? 'all_back' : 'cancelled';
  for (const type of saga.end.cancelled.on) {
    if (type !== saga.cancel) edges.back(originOf(saga, type), end, textOf(type));
  }
  if (end === 'all_back') edges.back('all_back', 'cancelled');
  if (saga.cancel === undefined) return;
  edges.back('cancel', 'before', 'stops what is not done');
  if (saga.steps.some(({ undo }) => undo !== undefined)) edges.back('cancel', 'compensation', 'undoes what is');
  edges.back('cancel', 'cancelled', 'when nothing was begun');
}

/** The node that a failure or a compensation comes from. */
function originOf({ steps }: AnySaga, type: string): string {
  const undone = steps.find(({ undo }) => undo?.ok === type);
  if (undone) return `undo_${undone.name}`;
  return `step_${steps.find(({ fails }) => fails.includes(type))?.name ?? ''}`;
}

function rootsOf({ steps, start }: AnySaga): SagaStep[] {
  return steps.filter(({ on }) => on.includes(start));
}
