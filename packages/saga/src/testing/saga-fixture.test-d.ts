import type { FakeProvider } from '../bench.test.fixture.js';
import { sagaFixture } from './saga-fixture.js';
import { booking } from './sagas.test.fixture.js';

declare const provider: FakeProvider;
const services = { hotel: provider, car: provider, pay: provider };

const run = sagaFixture(booking, { services });

// Services are made for the fixture's store, too.
sagaFixture(booking, { services: ({ store }) => (store ? services : services) });

// @ts-expect-error the services of steps that need some are asked for
sagaFixture(booking);

// @ts-expect-error all of them
sagaFixture(booking, { services: { hotel: provider, car: provider } });

// @ts-expect-error each with its own type
sagaFixture(booking, { services: { ...services, pay: 'a bank' } });

// Only events of the saga happen, and are expected.
run.when({ type: 'Asked', data: { orderId: 'o1', cents: 1 } });

// @ts-expect-error an event with another payload
run.when({ type: 'Asked', data: { orderId: 'o1' } });

// @ts-expect-error an event of nobody
run.dropOnce('Unasked');

run.thenEvents(['Asked', { type: 'Refused', data: { orderId: 'o1', why: 'too dear' } }]);

// @ts-expect-error an end that it does not have
run.thenEnded('Completed');

// Only its steps are looked at.
run.crash('end', 'after record').thenLedger('pay', 'ok');

// @ts-expect-error a step that it does not have
run.thenParked('ship');
