import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATUS_AFTER, statusAfter } from '../orders/order-status.js';
import { type StatusChange, statusEvents, toStatusChange } from './status-change.js';

const types = Object.keys(STATUS_AFTER) as (keyof typeof STATUS_AFTER)[];

describe('a change of status', () => {
  it('is told of for every event that changes it, and for no other', () => {
    expect(Object.keys(statusEvents).sort()).toEqual([...types].sort());
  });

  it('says how far the order is', () => {
    const event = { type: 'PaymentCaptured', at: '2026-01-02T03:04:05.678Z', data: { orderId: '7' } } as const;

    expect(toStatusChange(event)).toEqual({
      type: 'OrderStatusChanged',
      orderId: '7',
      status: 'paid',
      progress: 4,
      at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('leaves a client that drops what is not further where the order is, in whatever order changes come and however often', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 20 }), (heard) => {
        let shown: StatusChange | undefined;
        for (const type of heard) {
          const change = toStatusChange({ type, at: '', data: { orderId: '7' } });
          if (shown === undefined || change.progress > shown.progress) shown = change;
        }

        expect(shown?.status).toBe(statusAfter(new Set(heard)));
      }),
    );
  });
});
