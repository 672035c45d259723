import type * as z from 'zod';
import type { ZodMiniObject } from 'zod/mini';
import { Approve } from '../approvals/approval.js';
import { CancelOrder } from '../orders/cancel-order.js';
import { ListOrders } from '../orders/list-orders.js';
import { PlaceOrder } from '../orders/place-order.js';
import { Accepted, Decided, Fulfilment, OrderAnswer, OrderPage, Revenue } from './answers.js';

/** What a route says when it does not do what it was asked. */
export const FAILURES = {
  INVALID_REQUEST: [400, 'The path, the query, a header or the body is not valid: `problems` says where and why.'],
  ORDER_NOT_FOUND: [404, 'There is no such order, or it is not known here yet.'],
  ORDER_ALREADY_PLACED: [409, 'Another order was placed under this `orderId`.'],
  CONFLICT: [
    409,
    'Others were changing the same, and came first. Nothing was recorded: send it again after `Retry-After`.',
  ],
  NOT_WAITING: [409, 'The order does not wait for approval: not yet, not any more, or not at all.'],
  PRECONDITION_FAILED: [412, '`If-Match` names another version than the one that the order is at.'],
  BODY_TOO_LARGE: [413, 'The body is larger than 64 KB.'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'The body is not JSON in UTF-8, by its headers.'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The `Idempotency-Key` was used before, with another body.'],
} as const satisfies Record<string, readonly [status: number, when: string]>;

/** What is to be said of a route that its types do not say. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly query?: ZodMiniObject;
  readonly body?: z.core.$ZodType;
  /** Request headers with a meaning of their own. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'If-None-Match')[];
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    readonly body: z.ZodType;
    readonly headers?: readonly ('ETag' | 'Location')[];
  };
  readonly failures: readonly (keyof typeof FAILURES)[];
}

const body = ['INVALID_REQUEST', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** The routes of `functions.ts`, by the names of their functions. */
export const operations: Readonly<Record<string, Operation>> = {
  'place-order': {
    summary: 'Places an order',
    description:
      'The same order again, under its `Idempotency-Key` or its `orderId`, is placed once and gets the first answer, whatever ' +
      'has become of it. Keys are those of one customer, and do not expire. Send a key or an `orderId`, not both.',
    headers: ['Idempotency-Key'],
    body: PlaceOrder,
    answer: { status: 202, description: 'It is placed.', body: Accepted, headers: ['Location', 'ETag'] },
    failures: [...body, 'ORDER_ALREADY_PLACED', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
  },
  'get-order': {
    summary: 'Shows an order',
    description: 'What was just done to it may take a moment to be seen here.',
    headers: ['If-None-Match'],
    answer: { status: 200, description: 'The order.', body: OrderAnswer, headers: ['ETag'] },
    failures: ['INVALID_REQUEST', 'ORDER_NOT_FOUND'],
  },
  'cancel-order': {
    summary: 'Asks for an order to be cancelled',
    description: 'Whether it still can be is decided where the order has come to: its status shows what became of it.',
    headers: ['If-Match'],
    body: CancelOrder,
    answer: {
      status: 202,
      description: 'It is asked for, or was before.',
      body: Accepted,
      headers: ['Location', 'ETag'],
    },
    failures: [...body, 'ORDER_NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED'],
  },
  'decide-approval': {
    summary: 'Approves a large order, or refuses it',
    description: 'The same decision again is no error. There is no `If-Match` here: with one it is refused.',
    body: Approve,
    answer: { status: 202, description: 'It is decided.', body: Decided, headers: ['Location'] },
    failures: [...body, 'NOT_WAITING', 'CONFLICT'],
  },
  'get-fulfilment': {
    summary: 'Shows at which step of its fulfilment an order is',
    answer: { status: 200, description: 'Its steps, in their order.', body: Fulfilment },
    failures: ['INVALID_REQUEST', 'ORDER_NOT_FOUND'],
  },
  'list-orders': {
    summary: 'Lists orders of a status, the newest first',
    query: ListOrders,
    answer: { status: 200, description: 'A page of them. With a `cursor` there are more.', body: OrderPage },
    failures: ['INVALID_REQUEST'],
  },
  'get-revenue': {
    summary: 'Shows what completed orders came to, by the day they were placed on',
    answer: { status: 200, description: 'Every day with one.', body: Revenue },
    failures: [],
  },
};
