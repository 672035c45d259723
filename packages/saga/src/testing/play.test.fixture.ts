import { FakeProvider } from '../bench.test.fixture.js';
import { sagaFixture } from './saga-fixture.js';
import { booking, delivery } from './sagas.test.fixture.js';

/* Runs of the sagas to play, with providers that tell what they were asked. */

export const asked = (cents = 500) => ({ type: 'Asked', data: { orderId: 'o1', cents } }) as const;
export const withdrawn = { type: 'Withdrawn', data: { orderId: 'o1' } } as const;
export const approved = { type: 'Approved', data: { orderId: 'o1' } } as const;

/** Of the key `o1`. */
export const of = <TType extends string>(type: TType) => ({ type, data: { orderId: 'o1' } }) as const;

/** The booking of a trip. */
export function travel() {
  const [hotels, cars, bank] = [new FakeProvider(), new FakeProvider(), new FakeProvider()];
  const run = sagaFixture(booking, { services: { hotel: hotels, car: cars, pay: bank } });
  return { run, hotels, cars, bank, standing: () => standing(hotels, cars, bank) };
}

/** The delivery of an order. */
export function deliver() {
  const [bank, warehouse, carrier] = [new FakeProvider(), new FakeProvider(), new FakeProvider()];
  const run = sagaFixture(delivery, { services: { charge: bank, pack: warehouse, send: carrier } });
  return { run, bank, warehouse, carrier, standing: () => standing(bank, warehouse, carrier) };
}

/** What stands at these providers. */
export function standing(...providers: readonly FakeProvider[]): string[] {
  return providers.flatMap(({ standings }) =>
    [...standings].flatMap(([key, state]) => (state === 'stands' ? [key] : [])),
  );
}
