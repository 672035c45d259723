import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { check } from '../http/respond.js';

export const OrderId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must have 1 to 64 letters, digits, "-" or "_"'));

const OrderPath = z.object({ id: OrderId });

/** The order that a request's path names. @throws HttpError 400 when that is no order's id. */
export function orderIdOf({ pathParameters }: Pick<APIGatewayProxyEventV2, 'pathParameters'>): string {
  return check(OrderPath, pathParameters ?? {}, 'path').id;
}
