import { type Order, unitsOf } from '../events.js';
import type { Carrier } from './carrier.js';
import { type ShipmentEvent, shipment } from './shipment.js';

/** Hands orders over to the carrier: by a key of the order, so that the same order is never sent twice. */
export class Dispatch {
  readonly #carrier: Pick<Carrier, 'dispatch'>;

  constructor(carrier: Pick<Carrier, 'dispatch'>) {
    this.#carrier = carrier;
  }

  async send(orderId: string, order: Order, key: string): Promise<ShipmentEvent> {
    const answer = await this.#carrier.dispatch({ key, units: unitsOf(order), postcode: order.postcode });
    const [settlement] = shipment.commands.settle(shipment.initial(), { orderId, order, answer });
    return settlement;
  }
}
