import { castore } from './castore.js';
import { eventStoreAdapter } from './event-store-adapter.js';
import { everfold } from './everfold.js';
import { raw } from './raw.js';
import type { SystemDefinition } from './system.js';

/** What is compared, in the order of the table's lines. */
export const systems: readonly SystemDefinition[] = [everfold, raw, castore, eventStoreAdapter];
