import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { functions } from '../functions.js';
import { openApi } from './openapi.js';
import { operations } from './operations.js';

describe('the OpenAPI document', () => {
  const document = openApi(functions, operations);

  it('is one of version 3.1, all of whose references lead somewhere', async () => {
    const validator = new Validator();

    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it('has every route of the service, and no other', () => {
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    const routes = functions.flatMap(({ trigger }) => (trigger.kind === 'http' ? [trigger.route] : []));
    expect(described.sort()).toEqual([...routes].sort());
  });

  it('is not made while a route is not described, or what is described is none', () => {
    const { 'get-order': getOrder, ...others } = operations;

    expect(() => openApi(functions, others)).toThrow('"GET /orders/{id}" is not described');
    expect(getOrder).toBeDefined();
    expect(() => openApi(functions, { ...operations, 'sell-order': getOrder as never })).toThrow('sell-order');
  });

  it('names the scopes of a route of which a token must have one', () => {
    const scoped = functions.map((each) =>
      each.name === 'get-order' && each.trigger.kind === 'http'
        ? { ...each, trigger: { ...each.trigger, scopes: ['read', 'admin'] } }
        : each,
    );

    const { paths } = openApi(scoped, operations) as { paths: Record<string, Record<string, object>> };
    expect(paths['/orders/{id}']?.get).toMatchObject({ security: [{ token: ['read'] }, { token: ['admin'] }] });
  });

  it('says of requests what the functions check, and leaves answers open for more', () => {
    const { components } = document as { components: { schemas: Record<string, Record<string, unknown>> } };

    expect(components.schemas.PlaceOrder).toMatchObject({
      required: ['lines', 'amountCents', 'postcode'],
      additionalProperties: false,
      properties: { paymentToken: { default: 'tok_ok' }, lines: { minItems: 1, maxItems: 50 } },
    });
    expect(JSON.stringify(components.schemas.Order)).not.toContain('additionalProperties');
  });
});
