import { describe, expect, it } from 'vitest';
import { toResponse } from './function-answer.js';

describe('an answer without a status code', () => {
  it.each<[returned: unknown, body: string]>([
    [{ message: 'hi' }, '{"message":"hi"}'],
    ['Hello from Lambda!', 'Hello from Lambda!'],
    ['', ''],
    [42, '42'],
    [true, 'true'],
    [[1, 2], '[1,2]'],
    [null, 'null'],
    [undefined, 'null'],
    [{ at: new Date(0), gone: undefined }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [{ statusCode: undefined, body: 'x' }, '{"body":"x"}'],
  ])('%j is the body of a 200, as JSON', async (returned, body) => {
    const response = toResponse(returned);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(body);
  });
});

describe('an answer with a status code', () => {
  it('is sent as it says', async () => {
    const response = toResponse({
      statusCode: 201,
      headers: { 'Content-Type': 'application/json', 'x-count': 3, 'x-cached': false },
      cookies: ['a=1; HttpOnly', 'b=2'],
      body: '{"id":1}',
    });

    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-count': '3',
      'x-cached': 'false',
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
    expect(await response.text()).toBe('{"id":1}');
  });

  it('is plain text unless it says otherwise', async () => {
    const response = toResponse({ statusCode: 200, body: 'Zoë' });

    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('Zoë');
  });

  it('is decoded when it is base64', async () => {
    const response = toResponse({ statusCode: 200, body: 'AP+A', isBase64Encoded: true });

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(0, 255, 128));
  });

  it.each([200, 599])('is sent with any status up to 599, such as %d', (statusCode) => {
    expect(toResponse({ statusCode }).status).toBe(statusCode);
  });

  it.each([204, 304])('has no body with status %d', async (statusCode) => {
    const response = toResponse({ statusCode, body: '' });

    expect(response.status).toBe(statusCode);
    expect(response.body).toBeNull();
  });

  it.each<[member: string, value: unknown]>([
    ['statusCode', '200'],
    ['statusCode', 200.5],
    ['statusCode', 0],
    ['statusCode', 600],
    ['statusCode', null],
    ['headers', 'x'],
    ['headers', ['x']],
    ['headers', { 'x-list': ['a'] }],
    ['cookies', 'a=1'],
    ['cookies', [1]],
    ['body', { id: 1 }],
    ['body', 5],
    ['isBase64Encoded', 'yes'],
  ])('is refused with %s %j', (member, value) => {
    expect(() => toResponse({ statusCode: 200, [member]: value })).toThrow(`The function returned ${member} `);
  });
});
