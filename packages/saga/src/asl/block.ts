import { ancestorsOf } from '../derive.js';
import type { SagaStep } from '../step.js';

/* A choreography is any graph; an orchestration is made of sequences and parallels that are nested. */

/** Steps as an orchestrator goes through them. */
export type Block =
  | { readonly kind: 'step'; readonly step: SagaStep }
  | { readonly kind: 'series'; readonly blocks: readonly Block[] }
  | { readonly kind: 'parallel'; readonly branches: readonly Block[] };

/**
 * Nests steps. Those that have nothing to do with each other are parallel; a step that all others come before or after stands
 * between them. Where there is no such step, those that are first are waited for together before any other begins: that is less
 * parallel than the choreography, and never in another order.
 */
export function blockOf(steps: readonly SagaStep[], all: readonly SagaStep[] = steps): Block {
  const [first, ...others] = steps;
  if (first !== undefined && others.length === 0) return { kind: 'step', step: first };
  const branches = unrelated(steps, all);
  if (branches.length > 1) return { kind: 'parallel', branches: branches.map((branch) => blockOf(branch, all)) };
  const between = steps.find((step) => steps.every((other) => other === step || areRelated(step, other, all)));
  if (between === undefined) {
    const begin = steps.filter((step) => !steps.some((other) => comesAfter(step, other, all)));
    return seriesOf([begin, steps.filter((step) => !begin.includes(step))], all);
  }
  const before = steps.filter((step) => comesAfter(between, step, all));
  const after = steps.filter((step) => comesAfter(step, between, all));
  return seriesOf([before, [between], after], all);
}

/** The steps of a block, in the order of their definition. */
export function stepsIn(block: Block): SagaStep[] {
  if (block.kind === 'step') return [block.step];
  return (block.kind === 'series' ? block.blocks : block.branches).flatMap(stepsIn);
}

function seriesOf(parts: readonly (readonly SagaStep[])[], all: readonly SagaStep[]): Block {
  const blocks = parts.flatMap((part) => {
    if (part.length === 0) return [];
    const block = blockOf(part, all);
    return block.kind === 'series' ? block.blocks : [block];
  });
  return { kind: 'series', blocks };
}

/** The steps, parted so that none of one part comes before or after one of another. */
function unrelated(steps: readonly SagaStep[], all: readonly SagaStep[]): SagaStep[][] {
  let parts: SagaStep[][] = [];
  for (const step of steps) {
    const touched = parts.filter((part) => part.some((other) => areRelated(step, other, all)));
    parts = [...parts.filter((part) => !touched.includes(part)), [...touched.flat(), step]];
  }
  const inOrder = parts.map((part) => steps.filter((step) => part.includes(step)));
  return inOrder.sort(([one], [other]) => (one && other ? steps.indexOf(one) - steps.indexOf(other) : 0));
}

function areRelated(one: SagaStep, other: SagaStep, all: readonly SagaStep[]): boolean {
  return comesAfter(one, other, all) || comesAfter(other, one, all);
}

function comesAfter(later: SagaStep, earlier: SagaStep, all: readonly SagaStep[]): boolean {
  return ancestorsOf(later, all).includes(earlier);
}
