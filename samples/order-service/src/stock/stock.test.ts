import { scenario } from '@everfold/core/testing';
import { describe, it } from 'vitest';
import { stock } from './stock.js';

const received = { type: 'StockReceived', data: { units: 3 } } as const;
const reserved = { type: 'StockReserved', data: { orderId: 'o1', units: 2 } } as const;

describe('the stock of a product', () => {
  it('holds units for an order', async () => {
    await scenario(stock).given([received]).when('reserve', { orderId: 'o1', units: 2 }).thenEvents([reserved]);
  });

  it('does not hold what is not there', async () => {
    await scenario(stock)
      .given([received, reserved])
      .when('reserve', { orderId: 'o2', units: 2 })
      .thenRejects('OUT_OF_STOCK');
  });

  it('holds nothing twice for the same order', async () => {
    await scenario(stock).given([received, reserved]).when('reserve', { orderId: 'o1', units: 2 }).thenNothing();
  });

  it('has released units to give again', async () => {
    await scenario(stock)
      .given([received, reserved, { type: 'StockReleased', data: { orderId: 'o1', units: 2 } }])
      .when('reserve', { orderId: 'o2', units: 3 })
      .thenEvents([{ type: 'StockReserved', data: { orderId: 'o2', units: 3 } }]);
  });

  it('does not have issued units to give again', async () => {
    await scenario(stock)
      .given([received, reserved, { type: 'StockIssued', data: { orderId: 'o1', units: 2 } }])
      .when('reserve', { orderId: 'o2', units: 2 })
      .thenRejects('OUT_OF_STOCK');
  });

  it('releases and issues only what is held', async () => {
    await scenario(stock).given([received]).when('release', { orderId: 'o1' }).thenNothing();
    await scenario(stock).given([received]).when('issue', { orderId: 'o1' }).thenNothing();
  });

  it('takes the name of a property of all objects for an order id like any other', async () => {
    await scenario(stock)
      .given([received])
      .when('reserve', { orderId: 'constructor', units: 1 })
      .thenEvents([{ type: 'StockReserved', data: { orderId: 'constructor', units: 1 } }]);
  });
});
