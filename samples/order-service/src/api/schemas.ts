import * as z from 'zod';
import { Approve } from '../approvals/approval.js';
import { CancelOrder } from '../orders/cancel-order.js';
import { PlaceOrder } from '../orders/place-order.js';
import { Accepted, Decided, Failure, Fulfilment, GatewayFailure, OrderAnswer, OrderPage, Revenue } from './answers.js';

/** As much of JSON Schema as is worked on here. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const refTo = (name: string) => `#/components/schemas/${name}`;

const bodies = z
  .registry<{ id: string; description: string }>()
  .add(PlaceOrder, {
    id: 'PlaceOrder',
    description:
      "An order. Each product is named once. Where `acceptPartial` is true, each line has its `amountCents`, and the order's is their sum.",
  })
  .add(CancelOrder, { id: 'CancelOrder', description: 'Why the order is no longer wanted; {} will do.' })
  .add(Approve, { id: 'Approve', description: 'What somebody says of an order that waits for approval.' });

const answers = z
  .registry<{ id: string; description: string }>()
  .add(Accepted, { id: 'Accepted', description: 'What was asked is recorded.' })
  .add(Decided, { id: 'Decided', description: 'The decision is recorded.' })
  .add(OrderAnswer, { id: 'Order', description: 'What can be seen of an order.' })
  .add(OrderPage, { id: 'OrderPage', description: 'Some orders, and where to go on.' })
  .add(Fulfilment, { id: 'Fulfilment', description: 'Where the fulfilment of an order is, step by step.' })
  .add(Revenue, { id: 'Revenue', description: 'What completed orders came to.' })
  .add(Failure, { id: 'Failure', description: 'What is wrong with a request, as the service says it.' })
  .add(GatewayFailure, {
    id: 'GatewayFailure',
    description: 'What is wrong with a request that never came to the service.',
  });

/** What members of bodies and answers mean, wherever they occur. */
const MEANINGS: Readonly<Record<string, string>> = {
  orderId: "The order's id. In a request it may be left out: one is made up then.",
  customerId: 'Whose order it is.',
  lines: 'What is ordered, a line for each product.',
  units: 'How many.',
  amountCents: 'What is to be paid, in cents of Brazilian reais.',
  paymentToken: 'Stands for the means of payment at the payment provider. `tok_declined` is a card that is declined.',
  postcode: 'Where the goods go.',
  placedAt: 'When it was placed. In a request it is for orders that were taken elsewhere; by default it is now.',
  acceptPartial: 'Whether the lines that are in stock may be sent, and paid, without the others.',
  version: 'Counts what was recorded of the order itself: the first number of its entity tag.',
  failedAt: 'Who could not do its part, or did not want it.',
  paidCents: 'Captured, and not given back.',
  heldUnits: 'Units held in stock for the order.',
  timeline: 'What happened to the order, by time.',
  due: 'By when something must have happened.',
  approved: 'Whether the order may go on.',
  by: 'Who does it.',
  cursor: 'Where the next page begins: send it as `cursor`.',
  code: 'What is wrong, for programs.',
  message: 'What is wrong, and what to do, for people.',
  problems: 'Each problem of the request: the way to the value, such as `lines.0.units`, and what is wrong with it.',
};

/** The schemas of bodies and answers, as components of the document. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  // A client must not break when an answer has more one day.
  return { ...schemasOf(bodies, false), ...schemasOf(answers, true) };
}

/** A reference to the component that a schema is. */
export function refOf(schema: z.core.$ZodType): JsonSchema {
  const id = bodies.get(schema)?.id ?? answers.get(schema)?.id;
  if (id === undefined)
    throw new Error('A route has a body or an answer without a name. Give it one in api/schemas.ts.');
  return { $ref: refTo(id) };
}

/** The schema of a parameter, in place. */
export function schemaOf(schema: z.core.$ZodType): JsonSchema {
  return finish(z.toJSONSchema(schema, { io: 'input' }), false);
}

function schemasOf(registry: typeof bodies, isOpen: boolean): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: refTo });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, finish(schema, isOpen)]));
}

/** A schema without what zod says of itself, and with what people want to know. */
function finish(schema: object, isOpen: boolean): JsonSchema {
  const finished: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$schema' || keyword === '$id' || (isOpen && keyword === 'additionalProperties')) continue;
    finished[keyword] = keyword === 'properties' ? finishMembers(value, isOpen) : finishValue(value, isOpen);
  }
  // The pattern of all days that there are is for machines of another kind.
  if (finished.format === 'date-time') finished.pattern = 'Z$';
  if (finished.format === 'date') delete finished.pattern;
  return finished;
}

function finishMembers(members: object, isOpen: boolean): JsonSchema {
  const described = Object.entries(members).map(([name, member]) => {
    const description = MEANINGS[name];
    return [name, { ...finish(member, isOpen), ...(description === undefined ? {} : { description }) }];
  });
  return Object.fromEntries(described);
}

function finishValue(value: unknown, isOpen: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => finishValue(each, isOpen));
  return typeof value === 'object' && value !== null ? finish(value, isOpen) : value;
}
