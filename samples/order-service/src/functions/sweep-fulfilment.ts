import { createSagaReader, createSweeper, type Sweeper, trackerRows } from '@everfold/saga';
import { SOURCE } from '../events.js';
import { fulfilment } from '../fulfilment.js';
import { gauge } from '../observe/gauge.js';
import { onSwept } from '../observe/hooks.js';
import { observedEvent } from '../observe/observed-event.js';
import { orderRows } from '../read-models/order-rows.js';
import { revenueRows } from '../read-models/revenue-rows.js';
import { bus } from '../services/bus.js';
import { clock } from '../services/clock.js';
import { eventReader } from '../services/event-reader.js';
import { parkingQueries } from '../services/parking-queries.js';
import { readModels } from '../services/read-models.js';

const runs = createSagaReader(fulfilment, readModels());
const ports = { reader: runs, store: eventReader(), bus: { ...bus(), source: SOURCE }, onSwept };
const sweep = createSweeper(fulfilment, ports);
const projections = [orderRows, revenueRows, trackerRows(fulfilment)].map(({ rows }) => rows.id);
const gauged = { runs, lot: parkingQueries(), projections, clock: clock() };

/** Once a minute: measures how things stand, and sets going again what got stuck. */
export const handler = observedEvent<Parameters<Sweeper>, void>(async (event) => {
  const outcomes = await Promise.allSettled([sweep(event), gauge(gauged)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
});
