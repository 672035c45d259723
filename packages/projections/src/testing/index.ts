// Read-model stores: the contract that every one of them keeps
export { describeReadModelStore } from './read-model-store-contract.js';
export type { ReadModelStoreSubject } from './read-model-store-contract.js';

// Sinks: the same for those
export { describeSink } from './sink-contract.js';
export type { SinkBench, SinkSubject } from './sink-contract.js';

// Parking lots: the contract that every one of them keeps
export { describeParkingLot } from './parking-lot-contract.js';
export type { ParkingLotSubject } from './parking-lot-contract.js';
