import { describe, it } from 'vitest';
import { describeParkingLot } from '../testing/index.js';
import { InMemoryParkingLot } from './in-memory-parking-lot.js';

describeParkingLot({ describe, it }, { name: 'InMemoryParkingLot', create: async () => new InMemoryParkingLot() });
