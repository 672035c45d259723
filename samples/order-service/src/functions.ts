import {
  type BusTrigger,
  defineFunctions,
  type EventPattern,
  type FunctionDefinition,
  type HttpTrigger,
  type StreamTrigger,
  type WebSocketTrigger,
} from '@everfold/core';
import { patternOf } from '@everfold/eventbridge';
import { endLeavesOut, endPattern, sagaLeavesOut, stepLeavesOut, stepPattern } from '@everfold/saga';
import { statusEvents } from './connections/status-change.js';
import { SOURCE } from './events.js';
import { fulfilment } from './fulfilment.js';
import { STAFF_SCOPE } from './http/caller.js';
import { touches } from './touches.js';

const http = (route: HttpTrigger['route']): HttpTrigger => ({ kind: 'http', route });
/** For those who work here. */
const staff = (route: HttpTrigger['route']): HttpTrigger => ({ ...http(route), scopes: [STAFF_SCOPE] });
const stream = (more: Partial<StreamTrigger> = {}): StreamTrigger => ({ kind: 'stream', batchSize: 500, ...more });
/** Rows may be a second behind: a batch then brings several events of a row, which become one write. */
const projected = (): StreamTrigger => stream({ windowSeconds: 1 });
const bus = (pattern: EventPattern): BusTrigger => ({ kind: 'bus', pattern });
/** What runs a step: what calls it, and what of the saga its bundle does without. */
const step = (name: keyof NonNullable<(typeof fulfilment)['services']>) => ({
  trigger: bus(stepPattern(fulfilment, name, SOURCE)),
  leavesOut: stepLeavesOut(fulfilment, name),
});
const end = { trigger: bus(endPattern(fulfilment, SOURCE)), leavesOut: endLeavesOut(fulfilment) };
const socket = (route: WebSocketTrigger['route']): WebSocketTrigger => ({ kind: 'socket', route });

const outcomes = patternOf({ source: SOURCE, types: ['OrderCompleted', 'OrderCancelled'] });
const statusChanges = { source: [SOURCE], 'detail-type': Object.keys(statusEvents) };

/** What is not in the saga at all. */
const leavesOut = sagaLeavesOut(fulfilment);

const entry = (name: string) => new URL(`./functions/${name}.js`, import.meta.url);

const listed: readonly FunctionDefinition[] = [
  { name: 'place-order', entry: entry('place-order'), trigger: http('POST /orders') },
  { name: 'get-order', entry: entry('get-order'), trigger: http('GET /orders/{id}') },
  { name: 'cancel-order', entry: entry('cancel-order'), trigger: http('POST /orders/{id}/cancellation') },
  { name: 'decide-approval', entry: entry('decide-approval'), trigger: staff('POST /orders/{id}/approval'), leavesOut },
  { name: 'get-fulfilment', entry: entry('get-fulfilment'), trigger: http('GET /orders/{id}/fulfilment') },
  { name: 'list-orders', entry: entry('list-orders'), trigger: staff('GET /orders') },
  { name: 'get-revenue', entry: entry('get-revenue'), trigger: staff('GET /revenue') },

  { name: 'publish-events', entry: entry('publish-events'), trigger: stream() },
  { name: 'project-orders', entry: entry('project-orders'), trigger: projected() },
  { name: 'project-revenue', entry: entry('project-revenue'), trigger: projected() },
  { name: 'track-fulfilment', entry: entry('track-fulfilment'), trigger: projected(), leavesOut },

  { name: 'reserve-stock', entry: entry('reserve-stock'), ...step('reserve') },
  { name: 'await-approval', entry: entry('await-approval'), ...step('approve') },
  { name: 'charge-payment', entry: entry('charge-payment'), ...step('charge') },
  { name: 'ship-order', entry: entry('ship-order'), ...step('ship') },
  { name: 'issue-stock', entry: entry('issue-stock'), ...step('issue') },
  { name: 'end-order', entry: entry('end-order'), ...end },
  { name: 'sweep-fulfilment', entry: entry('sweep-fulfilment'), trigger: { kind: 'timer', every: '1m' }, leavesOut },
  { name: 'notify-customer', entry: entry('notify-customer'), trigger: bus(outcomes) },

  { name: 'connect-customer', entry: entry('connect-customer'), trigger: socket('$connect') },
  { name: 'disconnect-customer', entry: entry('disconnect-customer'), trigger: socket('$disconnect') },
  { name: 'push-status', entry: entry('push-status'), trigger: bus(statusChanges) },
];

/** The service, whole: each function, what calls it and what it touches. AWS and the local host are both built from this list. */
export const functions = defineFunctions(
  listed.map((definition) => ({ ...definition, touches: touches[definition.name] ?? {} })),
);
