// Diagrams of a saga, for its documentation
export { mermaidFlow } from './flow.js';
export { outcomesOf, titleOf } from './outcomes.js';
export type { SagaOutcome } from './outcomes.js';
export { mermaidSequence } from './sequence.js';
