export { exploreSaga } from './explore.js';
export type { Exploration, ExploreOptions, Violation } from './explore.js';
export { TooManyStatesError } from './errors.js';
export { formatTrace } from './trace.js';
export { GUARDS } from './guards.js';
export type { Guard } from './guards.js';
export { contractSaga } from './contract-saga.js';
export { fanOutSaga } from './fan-out-saga.js';
