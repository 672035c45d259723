import { expect, test } from 'vitest';
import { lineAdded, orderPlaced } from '../order.js';
import { toUpdateItem, updateOrder, updateSales } from './naive.js';

const line = lineAdded('o1', 1);
const lineEvent = { type: 'LineAdded', data: line } as const;
const cents = line.units * line.unitPrice.cents;

test('a line is one update of its order: what is last is set, what is counted is added', () => {
  const update = updateOrder(lineEvent);

  expect(update.key).toBe('o1');
  expect(toUpdateItem('rows', '7/o1', update)).toEqual({
    TableName: 'rows',
    Key: { key: { S: '7/o1' } },
    UpdateExpression: 'SET #lastSku = :lastSku ADD #lines :lines, #units :units, #totalCents :totalCents',
    ExpressionAttributeNames: {
      '#lastSku': 'lastSku',
      '#lines': 'lines',
      '#units': 'units',
      '#totalCents': 'totalCents',
    },
    ExpressionAttributeValues: {
      ':lastSku': { S: line.product.sku },
      ':lines': { N: '1' },
      ':units': { N: String(line.units) },
      ':totalCents': { N: String(cents) },
    },
  });
});

test('a line is added to the counters of its kind of product, and nothing is set', () => {
  const update = updateSales(lineEvent);

  expect(update).toEqual({ key: line.product.category, set: {}, add: { units: line.units, cents } });
  expect(toUpdateItem('rows', 'k', { set: {}, add: { units: 1 } }).UpdateExpression).toBe('ADD #units :units');
});

test('an order that is placed sells nothing', () => {
  expect(updateSales(orderPlaced('o1'))).toBeUndefined();
});
