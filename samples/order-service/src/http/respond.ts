import { type EverfoldError, isEverfoldError, RejectedError } from '@everfold/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { describeError, log } from '../observe/log.js';
import { observedRequest } from '../observe/observed-request.js';

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
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ApiError, headers: Readonly<Record<string, string>> = {}) {
    super(body.message);
    this.name = 'HttpError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Answers with JSON. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/**
 * Makes a route's handler: what the domain refuses becomes an answer, and so does what may succeed a moment later; what is broken stays an
 * error.
 */
export function route(answer: HttpHandler): HttpHandler {
  return observedRequest(async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      const refused = toHttpError(error);
      if (refused === undefined) throw error;
      // The client hears nothing of why: whoever looks into it does.
      if (refused.status >= 500) log('error', 'A request is to come again', describeError(error));
      return json(refused.status, { error: refused.body }, refused.headers);
    }
  });
}

function toHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof RejectedError) {
    const status = error.reason.endsWith('_NOT_FOUND') ? 404 : 409;
    return new HttpError(status, { code: error.reason, message: error.message });
  }
  if (isEverfoldError(error, 'NOT_WAITING')) return new HttpError(409, { code: error.code, message: error.message });
  return isEverfoldError(error) && error.retryable ? notNow(error) : undefined;
}

/** Seconds. The service itself has tried again for longer than that. */
const RETRY_AFTER = { 'retry-after': '1' };

/** What the client may send again: it lost against others time after time, or the store refuses the pace, or does not answer. */
function notNow({ code }: EverfoldError): HttpError {
  if (code === 'CONFLICT') {
    const message =
      'Others were changing the same at this moment, and came first. Nothing was recorded: send it again.';
    return new HttpError(409, { code, message }, RETRY_AFTER);
  }
  const message =
    'The service cannot answer just now. What was asked may have been recorded: send it again where it says which order it is about.';
  return new HttpError(503, { code, message }, RETRY_AFTER);
}

/** The largest body of a request, bytes: an order of 50 lines has some 15 KB. */
export const LARGEST_BODY = 64 * 1024;

/**
 * Reads a request's JSON body.
 *
 * @throws HttpError 400 with the path and the reason of each problem; 413 when it is larger than 64 KB; 415 when it is not JSON
 *   by its headers.
 */
export function parseBody<TSchema extends z.core.$ZodType>(
  schema: TSchema,
  { headers, body = '', isBase64Encoded }: APIGatewayProxyEventV2,
): z.output<TSchema> {
  checkType(headers['content-type'], headers['content-encoding']);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > LARGEST_BODY) {
    const message = `The body has ${bytes.length} bytes. Send ${LARGEST_BODY} at the most.`;
    throw new HttpError(413, { code: 'BODY_TOO_LARGE', message });
  }
  return check(schema, parseJson(bytes.toString()), 'body');
}

/** What is wrong, in words: the small form of zod has none. */
const words = en();

/** Checks what a client sent. @throws HttpError 400 with the path and the reason of each problem. */
export function check<TSchema extends z.core.$ZodType>(
  schema: TSchema,
  value: unknown,
  what: string,
): z.output<TSchema> {
  const { success, data, error } = z.safeParse(schema, value, { error: words.localeError });
  if (success) return data;
  throw invalid(
    `The ${what} is not valid.`,
    error.issues.map(({ path, message }) => ({ path: path.join('.'), reason: message })),
  );
}

/** What is answered to a request that is wrong in itself. */
export function invalid(message: string, problems: ApiError['problems'] = []): HttpError {
  return new HttpError(400, { code: 'INVALID_REQUEST', message, problems });
}

/** JSON, in UTF-8, as it is. What says nothing of its type is taken for JSON, and found out if it is not. */
function checkType(type = 'application/json', encoding = 'identity'): void {
  const [media = '', ...parameters] = type.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isJson = /^application\/(?:json|[\w.+-]+\+json)$/.test(media.trim());
  const isUtf8 = charset === undefined || /^charset="?(?:utf-8|us-ascii)"?$/.test(charset);
  if (isJson && isUtf8 && encoding.trim().toLowerCase() === 'identity') return;
  const sent = encoding === 'identity' ? type : `${type}, content-encoding: ${encoding}`;
  throw new HttpError(415, {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: `The body was sent as "content-type: ${sent}". Send JSON in UTF-8, as "content-type: application/json".`,
  });
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw invalid('The body is empty. Send JSON, such as {}.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid('The body is not JSON.', [{ path: '', reason }]);
  }
}
