export type { Attempt, Backend, BackendEnvironment, Choice, Probes, ServedBackend } from './choose-backend.js';
export { chooseBackend } from './choose-backend.js';
export type { Refusal } from './no-backend-error.js';
export { NoBackendError } from './no-backend-error.js';
export type { RunningDynamoDB, StartOptions } from './start-dynamodb.js';
export { startDynamoDB } from './start-dynamodb.js';
