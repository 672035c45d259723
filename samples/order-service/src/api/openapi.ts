import type { FunctionDefinition, HttpTrigger } from '@everfold/core';
import * as z from 'zod';
import { OrderId } from '../orders/order-id.js';
import { Failure, GatewayFailure } from './answers.js';
import { FAILURES, type Operation } from './operations.js';
import { componentSchemas, type JsonSchema, refOf, schemaOf } from './schemas.js';

/** What headers mean, of requests and of answers. */
const HEADERS = {
  'Idempotency-Key':
    'Names the order, so that a repeated request places it once: 1 to 255 characters of ASCII in quotes, such as a new UUID. ' +
    'Letters, digits and other characters without a meaning may stand without quotes.',
  'If-Match': 'Entity tags that `ETag` said, or `*`: only where the order is at the version of one of them.',
  'If-None-Match': 'Entity tags that `ETag` said, or `*`: nothing is sent where the order is as it was then.',
  ETag: "The order's version, for `If-Match`; of an order that is shown, with a digest of what is shown.",
  Location: 'Where the order can be seen.',
} as const;

const EXAMPLES: Readonly<Record<string, string>> = {
  'Idempotency-Key': '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
  'If-Match': '"1"',
  'If-None-Match': '"1-DVdhrTw9TkDHHBDRKbDE1g"',
};

/** What API Gateway answers by itself. */
const GATEWAY = {
  401: 'There is no token, or it is not valid.',
  403: 'The token does not allow this.',
  429: 'There are too many requests: send it again, later.',
  500: 'The service is broken. What was asked may have been recorded: repeat it where it says which order it is about.',
  503: 'The service cannot answer just now. What was asked may have been recorded, as above. Where it knows when, `Retry-After` says so.',
} as const;

/** Of these the service says some itself: that it cannot be reached, or what it keeps cannot. */
const FROM_BOTH: ReadonlySet<string> = new Set(['503']);

/**
 * The API as an OpenAPI 3.1 document: what the functions' routes, the schemas that check requests, and the table of operations say.
 *
 * @throws Error when a route is not described, or what is described is no route.
 */
export function openApi(
  functions: readonly FunctionDefinition[],
  operations: Readonly<Record<string, Operation>>,
): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const left = new Set(Object.keys(operations));
  for (const { name, trigger } of functions) {
    if (trigger.kind !== 'http') continue;
    const operation = operations[name];
    if (operation === undefined) throw new Error(`Route "${trigger.route}" is not described. Add "${name}" to it.`);
    left.delete(name);
    const [method = '', path = ''] = trigger.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, trigger, operation) };
  }
  if (left.size > 0) throw new Error(`No function answers what is described as ${[...left].join(', ')}.`);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Order service',
      version: '1.0.0',
      description: 'Places orders, shows what becomes of them, and takes back what can be taken back.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: 'http://127.0.0.1:3000', description: 'npm start' },
      {
        url: '{apiUrl}',
        description: 'On AWS, where the stack puts out its `ApiUrl`',
        variables: { apiUrl: { default: 'https://example.execute-api.eu-central-1.amazonaws.com' } },
      },
    ],
    paths,
    components: {
      schemas: componentSchemas(),
      responses: Object.fromEntries(
        Object.entries(GATEWAY).map(([status, description]) => [
          `Gateway${status}`,
          FROM_BOTH.has(status)
            ? { description, content: json({ anyOf: [refOf(Failure), refOf(GatewayFailure)] }) }
            : answer(description, GatewayFailure),
        ]),
      ),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function describe(name: string, { route, scopes }: HttpTrigger, operation: Operation): JsonSchema {
  const { summary, description, body, headers = [], answer: good, failures } = operation;
  const ofGood = good.headers ?? [];
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    // One of the scopes will do; of a list in one place, all would be needed.
    security: scopes?.map((scope) => ({ token: [scope] })) ?? [{ token: [] }],
    parameters: [
      ...[...route.matchAll(/\{(\w+)\}/g)].map(([, variable]) => ({
        name: variable,
        in: 'path',
        required: true,
        description: "The order's id.",
        schema: schemaOf(OrderId),
      })),
      ...queryParameters(operation),
      ...headers.map((header) => ({
        name: header,
        in: 'header',
        description: HEADERS[header],
        schema: { type: 'string' },
        example: EXAMPLES[header],
      })),
    ],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(refOf(body)) } }),
    responses: {
      [good.status]: {
        ...answer(good.description, good.body),
        ...(ofGood.length > 0 && { headers: headersOf(ofGood) }),
      },
      ...(headers.includes('If-None-Match') && {
        304: { description: 'It is as the client has it.', headers: headersOf(['ETag']) },
      }),
      ...failureAnswers(failures),
      ...Object.fromEntries(
        Object.keys(GATEWAY).map((status) => [status, { $ref: `#/components/responses/Gateway${status}` }]),
      ),
    },
  };
}

function queryParameters({ query }: Operation): JsonSchema[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema, undefined).success,
    schema: schemaOf(schema),
  }));
}

function headersOf(names: readonly (keyof typeof HEADERS)[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { description: HEADERS[name], schema: { type: 'string' } }]));
}

/** The answers of what can go wrong, with the codes that each status may have. */
function failureAnswers(failures: Operation['failures']): JsonSchema {
  const answers: Record<number, JsonSchema> = {};
  for (const status of new Set(failures.map((code) => FAILURES[code][0]))) {
    const codes = failures.filter((code) => FAILURES[code][0] === status);
    const schema = {
      allOf: [refOf(Failure), { properties: { error: { properties: { code: { enum: codes } } } } }],
    };
    answers[status] = {
      description: codes.map((code) => FAILURES[code][1]).join(' Or: '),
      // The larger ones, of some megabytes, do not even come to the service.
      content: json(status === 413 ? { anyOf: [schema, refOf(GatewayFailure)] } : schema),
    };
  }
  return answers;
}

function answer(description: string, body: Parameters<typeof refOf>[0]): JsonSchema {
  return { description, content: json(refOf(body)) };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}
