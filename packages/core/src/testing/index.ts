// Aggregates: given events, when a command, then events
export { scenario } from './scenario.js';
export type { Given, Outcome, Scenario } from './scenario.js';

// Events: payloads of old, read as they are today
export { describeEventFixtures } from './event-fixtures.js';
export type { EventFixture } from './event-fixtures.js';

// Event stores: the contract that every one of them keeps
export { describeEventStore } from './event-store-contract.js';
export type { EventStoreSubject, TestRunner } from './event-store-contract.js';

// Two event stores: that they give and refuse the same
export { compareEventStores } from './compare-event-stores.js';
export type { ComparedPorts, ComparedStores } from './compare-event-stores.js';
export { chooseOperation } from './store-operations.js';
export type { Choose, OperationPart, StoreOperation } from './store-operations.js';
