import { describe, it } from 'vitest';
import { describeReadModelStore } from '../testing/index.js';
import { InMemoryReadModelStore } from './in-memory-read-model-store.js';

describeReadModelStore(
  { describe, it },
  { name: 'InMemoryReadModelStore', create: async () => new InMemoryReadModelStore() },
);
