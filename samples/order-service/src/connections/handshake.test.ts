import { describe, expect, it } from 'vitest';
import { type ConnectEvent, tokenOf } from './handshake.js';

const event = (more: Partial<ConnectEvent>) => ({ isBase64Encoded: false, ...more }) as ConnectEvent;

describe('the token of a handshake', () => {
  it.each([
    ['Sec-WebSocket-Protocol', 'bearer, abc'],
    ['sec-websocket-protocol', 'bearer,abc'],
  ])('follows "bearer" in the header %s, whatever the query says', (name, value) => {
    expect(tokenOf(event({ headers: { [name]: value }, queryStringParameters: { token: 'other' } }))).toEqual({
      token: 'abc',
      subprotocol: 'bearer',
    });
  });

  it('is in the query where no header has it', () => {
    expect(tokenOf(event({ headers: {}, queryStringParameters: { token: 'abc' } }))).toEqual({ token: 'abc' });
  });

  it.each([
    {},
    { headers: { 'Sec-WebSocket-Protocol': 'bearer' } },
    { headers: { 'Sec-WebSocket-Protocol': 'chat, abc' } },
    { queryStringParameters: { token: '' } },
  ])('is not there in %j', (more) => {
    expect(tokenOf(event(more))).toBeUndefined();
  });
});
