import { expect, it } from 'vitest';
import { fulfilment } from './fulfilment.js';
import { payment } from './payments/payment.js';
import { shipment } from './shipments/shipment.js';

it('keeps the ledgers of payment and shipment in the streams of these aggregates', () => {
  const ledgerOf = (step: string) => fulfilment.steps.find(({ name }) => name === step)?.ledger;

  expect(ledgerOf('charge')).toBe(payment.category);
  expect(ledgerOf('ship')).toBe(shipment.category);
});
