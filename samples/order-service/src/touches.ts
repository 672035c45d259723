import type { Touches } from '@everfold/core';
import { endCategories, stepCategories } from '@everfold/saga';
import { fulfilment } from './fulfilment.js';
import { order } from './orders/order.js';
import { stock } from './stock/stock.js';

const reads: Touches = { readModels: 'read' };
const projects: Touches = { events: { read: true }, readModels: 'write' };
/** The books of the simulated payment provider, carrier and mailer stand in for requests to somebody else. */
const books: Touches = { tables: { books: 'write' } };
const appends = (...write: string[]): Touches => ({ events: { read: true, write } });
/** What a step appends to: its ledger, those of the steps that it bars, and what its functions decide on. */
const fulfils = (name: Parameters<typeof stepCategories<StepsOfFulfilment>>[1], ...decidedOn: string[]): Touches => ({
  ...appends(...stepCategories(fulfilment, name), ...decidedOn),
  timers: 'set',
});

type StepsOfFulfilment = NonNullable<(typeof fulfilment)['services']>;

/** What each function touches beside what calls it: on AWS it may do this, and nothing else. */
export const touches: Readonly<Record<string, Touches>> = {
  'place-order': appends(order.category),
  'get-order': reads,
  'cancel-order': appends(order.category),
  'decide-approval': appends(...stepCategories(fulfilment, 'approve')),
  'get-fulfilment': reads,
  'list-orders': reads,
  'get-revenue': reads,

  'publish-events': { bus: 'put' },
  'project-orders': projects,
  'project-revenue': projects,
  'track-fulfilment': projects,

  'reserve-stock': fulfils('reserve', stock.category),
  'await-approval': fulfils('approve'),
  'charge-payment': { ...fulfils('charge'), ...books },
  'ship-order': { ...fulfils('ship'), ...books },
  'issue-stock': fulfils('issue', stock.category),
  'end-order': appends(...endCategories(fulfilment)),
  'sweep-fulfilment': { events: { read: true }, readModels: 'read', bus: 'put' },
  'notify-customer': { events: { read: true }, ...books },

  'connect-customer': { tables: { connections: 'write' } },
  'disconnect-customer': { tables: { connections: 'delete' } },
  'push-status': { events: { read: true }, tables: { connections: 'delete' }, connections: 'push' },
};
