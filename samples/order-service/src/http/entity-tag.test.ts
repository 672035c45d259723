import { VersionMismatchError } from '@everfold/core';
import { describe, expect, it, vi } from 'vitest';
import { entityTag, ifMatch, jsonWithTag, refuseIfMatch } from './entity-tag.js';
import { HttpError } from './respond.js';

/** The versions that a request with this `If-Match` lets pass. */
async function passed(field?: string) {
  const work = vi.fn(async (condition: object) => condition);
  const headers = field === undefined ? {} : { 'if-match': field };
  return ifMatch({ headers }, work, () => Promise.resolve());
}

describe('If-Match', () => {
  it.each([
    ['"3"', [3]],
    [`${entityTag(3, 'what is shown')}`, [3]],
    ['"3", "4-no-digest", "5"', [3, 5]],
    [' ,"3",, \t"12" ,', [3, 12]],
  ])('names versions: %s', async (field, expectedVersion) => {
    expect(await passed(field)).toEqual({ expectedVersion });
  });

  it.each(['W/"3"', '"other"', '""', '"0"', '"03"', '"3,4"', '"-3"', '"3-"', '"1e0"'])(
    'names no version by a tag that is weak, or was never given: %s',
    async (field) => {
      expect(await passed(field)).toEqual({ expectedVersion: [] });
    },
  );

  it.each([undefined, '*', ' * '])('lets every version pass: %s', async (field) => {
    expect(await passed(field)).toEqual({});
  });

  it.each(['', ' ', ',', '3', '"3', '3"', '"3" "4"', '*, "3"', 'w/"3"', '"3"x', '"3"; q=1', '"a b"'])(
    'is refused with 400 where it is malformed: [%s]',
    async (field) => {
      await expect(passed(field)).rejects.toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    },
  );

  it('is read in a moment, however it was made up', async () => {
    await expect(passed(`"3"${' '.repeat(100_000)}x`)).rejects.toMatchObject({ status: 400 });
    await expect(passed(`${',"3" '.repeat(20_000)}x`)).rejects.toMatchObject({ status: 400 });
  });

  it('is answered with 412 when the aggregate is at another version, to whom may know', async () => {
    const missing = new HttpError(404, { code: 'NOT_FOUND', message: 'It is not there.' });
    const at2 = (mayKnow: () => Promise<unknown>) =>
      ifMatch(
        { headers: { 'if-match': '"1"' } },
        () => Promise.reject(new VersionMismatchError('order-7', [1], 2)),
        mayKnow,
      );

    await expect(at2(() => Promise.resolve())).rejects.toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED', message: expect.stringContaining('at version 2, which If-Match: "1" does') },
    });
    await expect(at2(() => Promise.reject(missing))).rejects.toBe(missing);
  });

  it('leaves other failures what they are', async () => {
    const failing = ifMatch(
      { headers: { 'if-match': '"1"' } },
      () => Promise.reject(new Error('no network')),
      () => expect.unreachable('nothing is told'),
    );

    await expect(failing).rejects.toThrow('no network');
  });

  it('is refused where it would mean nothing', () => {
    expect(() => refuseIfMatch({ headers: { 'if-match': '*' } })).toThrow('If-Match is not for this request');
    expect(() => refuseIfMatch({ headers: {} })).not.toThrow();
  });
});

describe('an entity tag', () => {
  const view = { status: 'placed' };
  const { headers } = jsonWithTag({ headers: {} }, 1, view);
  const etag = String(headers?.etag);

  it('names the version of the aggregate, and stands for the very bytes', () => {
    expect(etag).toMatch(/^"1-[\w-]{22}"$/);
    expect(jsonWithTag({ headers: {} }, 1, { status: 'paid' }).headers?.etag).not.toBe(etag);
    expect(jsonWithTag({ headers: {} }, 2, view).headers?.etag).not.toBe(etag);
  });

  it.each([etag, `W/${etag}`, `"other", ${etag}`, '*'])('spares a client what it has: If-None-Match: %s', (field) => {
    expect(jsonWithTag({ headers: { 'if-none-match': field } }, 1, view)).toEqual({
      statusCode: 304,
      headers: { etag },
    });
  });

  it.each(['"1"', '"other"'])('brings a client what it has not: If-None-Match: %s', (field) => {
    expect(jsonWithTag({ headers: { 'if-none-match': field } }, 1, view)).toMatchObject({
      statusCode: 200,
      body: '{"status":"placed"}',
      headers: { etag, 'content-type': 'application/json' },
    });
  });
});
