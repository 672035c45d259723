import { isEverfoldError, RejectedError } from '@everfold/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';

/** A Lambda handler of an HTTP route. */
export type HttpHandler = (request: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** What went wrong, as the API says it. */
interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly { readonly path: string; readonly reason: string }[];
}

/** Thrown inside a route to answer with an error. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: ApiError;

  constructor(status: number, body: ApiError) {
    super(body.message);
    this.name = 'HttpError';
    this.status = status;
    this.body = body;
  }
}

/** Answers with JSON. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Makes a route's handler: what the domain refuses becomes an answer, and what is broken stays an error. */
export function route(answer: HttpHandler): HttpHandler {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      const refused = toHttpError(error);
      if (refused === undefined) throw error;
      return json(refused.status, { error: refused.body });
    }
  };
}

function toHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof RejectedError) {
    const status = error.reason.endsWith('_NOT_FOUND') ? 404 : 409;
    return new HttpError(status, { code: error.reason, message: error.message });
  }
  if (isEverfoldError(error, 'NOT_WAITING')) return new HttpError(409, { code: error.code, message: error.message });
  return undefined;
}

/**
 * Reads a request's JSON body.
 *
 * @throws HttpError 400 with the path and the reason of each problem.
 */
export function parseBody<TSchema extends z.ZodType>(
  schema: TSchema,
  { body, isBase64Encoded }: APIGatewayProxyEventV2,
): z.output<TSchema> {
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
  return check(schema, parseJson(text), 'body');
}

/** Checks what a client sent. @throws HttpError 400 with the path and the reason of each problem. */
export function check<TSchema extends z.ZodType>(schema: TSchema, value: unknown, what: string): z.output<TSchema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => ({ path: path.join('.'), reason: message }));
  throw new HttpError(400, { code: 'INVALID_REQUEST', message: `The ${what} is not valid.`, problems });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpError(400, {
      code: 'INVALID_REQUEST',
      message: 'The body is not JSON.',
      problems: [{ path: '', reason }],
    });
  }
}
