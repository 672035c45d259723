// Sagas: given events, when another one, then what it comes to
export { sagaFixture } from './saga-fixture.js';
export type { FixtureOptions, SagaFixture } from './saga-fixture.js';
export type { FixturePorts, OfKey, SagaScript } from './script.js';
export type { CrashPoint, Late } from './mischief.js';
