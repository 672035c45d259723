// Aggregates: given events, when a command, then events
export { scenario } from './scenario.js';
export type { Given, Outcome, Scenario } from './scenario.js';

// Event stores: the contract that every one of them keeps
export { describeEventStore } from './event-store-contract.js';
export type { EventStoreSubject, TestRunner } from './event-store-contract.js';
