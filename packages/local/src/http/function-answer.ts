import { InvalidArgumentError } from '@everfold/core';

/** A function's answer in the form that says everything. */
interface StructuredAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/** These statuses come without a body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes of what a function returned what API Gateway sends, for payload format 2.0.
 *
 * An object with a `statusCode` is sent as it says; anything else is the body of a 200, a string as it is, the rest as JSON.
 * Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", response format.
 *
 * @throws InvalidArgumentError when API Gateway would not understand it, and answer with 500.
 */
export function toResponse(returned: unknown): Response {
  // What leaves a function is JSON: dates are strings, and undefined is gone.
  const payload: unknown = JSON.parse(JSON.stringify(returned) ?? 'null');
  if (typeof payload === 'object' && payload !== null && 'statusCode' in payload) return send(parseAnswer(payload));

  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

function send({ statusCode, headers, cookies, body, isBase64Encoded }: StructuredAnswer): Response {
  const sent = new Headers({ 'content-type': 'text/plain; charset=utf-8' });
  for (const [name, value] of Object.entries(headers)) sent.set(name, String(value));
  for (const cookie of cookies) sent.append('set-cookie', cookie);
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return new Response(bodiless.has(statusCode) ? null : bytes, { status: statusCode, headers: sent });
}

function parseAnswer(payload: object): StructuredAnswer {
  const { statusCode, headers, cookies, body, isBase64Encoded }: Partial<Record<keyof StructuredAnswer, unknown>> =
    payload;
  return {
    statusCode: expect('statusCode', statusCode, isStatus, 'a whole number from 200 to 599'),
    headers: expect('headers', headers ?? {}, isHeaders, 'an object of strings, numbers and booleans'),
    cookies: expect('cookies', cookies ?? [], isStrings, 'a list of strings'),
    body: expect('body', body ?? null, isText, 'a string'),
    isBase64Encoded: expect('isBase64Encoded', isBase64Encoded ?? false, isBoolean, 'true or false'),
  };
}

function expect<T>(member: string, value: unknown, is: (value: unknown) => value is T, wanted: string): T {
  if (is(value)) return value;
  throw new InvalidArgumentError(`The function returned ${member} ${JSON.stringify(value)}. Return ${wanted}.`);
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
}

function isHeaders(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((header) => ['string', 'number', 'boolean'].includes(typeof header));
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
