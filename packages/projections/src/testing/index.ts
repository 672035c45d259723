// Read-model stores: the contract that every one of them keeps
export { describeReadModelStore } from './read-model-store-contract.js';
export type { ReadModelStoreSubject } from './read-model-store-contract.js';
