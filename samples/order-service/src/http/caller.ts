import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { HttpError } from './respond.js';

/** The scope of those who work here. Only the back office's client may ask for it: see `OrderServiceStack`. */
export const STAFF_SCOPE = 'orders/staff';

/** Who sends a request. */
export interface Caller {
  /** The subject of the token: for a customer, the customer's id. */
  readonly id: string;
  readonly isStaff: boolean;
}

/**
 * Who sends a request, from the token that the gateway has checked.
 *
 * An identity token is signed by the same keys and names the same client, and says who somebody is to that client alone. So it is no
 * permission to call: where a token says what it is for, as Cognito's do, that has to be access.
 * Source: Amazon Cognito Developer Guide, "Verifying JSON web tokens", `token_use`.
 *
 * @throws HttpError 401 for an identity token.
 * @throws Error where none was checked: a service that is deployed without its authorizer answers 500, and nobody's orders.
 */
export function callerOf(request: APIGatewayProxyEventV2): Caller {
  if (!isAuthorized(request)) throw new Error('No token was checked. Deploy the API with its JWT authorizer.');
  const { sub, scope = '', token_use: use = 'access' } = request.requestContext.authorizer.jwt.claims;
  if (use !== 'access') throw notAccess();
  if (typeof sub !== 'string' || sub === '') throw new Error('The token has no subject. Take tokens of users only.');
  return { id: sub, isStaff: String(scope).split(' ').includes(STAFF_SCOPE) };
}

/** Who has done something, for the metadata of its events. */
export function actorOf({ id, isStaff }: Caller): string {
  return `${isStaff ? 'clerk' : 'customer'}:${id}`;
}

/**
 * An order, if it is the caller's: a customer sees their own, and staff every one.
 *
 * @param order - What is known of it. Where its customer is not known yet, it is nobody's.
 * @throws HttpError 404, the same for an order of somebody else as for one that does not exist.
 */
export function seenBy<TOrder extends { readonly customerId?: string }>(
  { id, isStaff }: Caller,
  orderId: string,
  order: TOrder | undefined,
): TOrder {
  if (order !== undefined && (isStaff || order.customerId === id)) return order;
  throw orderNotFound(orderId);
}

/** What is answered of an order that does not exist, as the order itself says it. */
export function orderNotFound(orderId: string): HttpError {
  return new HttpError(404, { code: 'ORDER_NOT_FOUND', message: `There is no order "${orderId}".` });
}

function notAccess(): HttpError {
  const message = 'This token says who you are, and permits nothing. Send the access token that came with it.';
  return new HttpError(
    401,
    { code: 'NOT_AN_ACCESS_TOKEN', message },
    { 'www-authenticate': 'Bearer error="invalid_token"' },
  );
}

function isAuthorized(request: APIGatewayProxyEventV2): request is APIGatewayProxyEventV2WithJWTAuthorizer {
  const context: object = request.requestContext;
  if (!('authorizer' in context)) return false;
  return typeof context.authorizer === 'object' && context.authorizer !== null && 'jwt' in context.authorizer;
}
