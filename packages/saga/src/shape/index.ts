// The shape of a definition: what runs that are under way depend upon
export { shapeOf } from './shape.js';
export type { EventShape, SagaShape, ShapeOptions, StepShape } from './shape.js';
export { compareShapes } from './compare.js';
export type { Change } from './compare.js';
export { checkShape } from './snapshot.js';
export type { ShapeCheck, ShapeSnapshot } from './snapshot.js';
