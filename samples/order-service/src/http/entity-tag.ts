import { createHash } from 'node:crypto';
import { VersionMismatchError } from '@everfold/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { HttpError, invalid, json } from './respond.js';

/* Entity tags of an aggregate: its version, and what was shown of it. Source: RFC 9110, sections 8.8.3 and 13.1. */

type Request = Pick<APIGatewayProxyEventV2, 'headers'>;

/**
 * The entity tag of a version of an aggregate: `"3"`, or `"3-…"` with a digest of what is shown. The digest is there because a
 * strong tag stands for the very bytes, and a view goes on while the aggregate stays: its participants have streams of their own.
 */
export function entityTag(version: number, shown?: string): string {
  if (shown === undefined) return `"${version}"`;
  return `"${version}-${createHash('sha256').update(shown).digest('base64url').slice(0, 22)}"`;
}

/** Answers a GET with a view and its entity tag; with 304 and no body when the client has it already. */
export function jsonWithTag(request: Request, version: number, view: object): APIGatewayProxyStructuredResultV2 {
  const answer = json(200, view);
  const etag = entityTag(version, answer.body);
  if (isKnown(request, etag)) return { statusCode: 304, headers: { etag } };
  return { ...answer, headers: { ...answer.headers, etag } };
}

/** Whether `If-None-Match` names the tag. Weak and strong ones are compared alike. */
function isKnown({ headers }: Request, etag: string): boolean {
  const field = headers['if-none-match'];
  if (field === undefined) return false;
  return field.trim() === '*' || tagsOf('If-None-Match', field).some((tag) => tag.replace(/^W\//, '') === etag);
}

/**
 * Does what `If-Match` makes conditional. The versions go to the repository, which compares them with what it decides on: nobody can
 * get in between.
 *
 * @param work - What is done, at these versions.
 * @param mayKnow - Throws what the request would be answered with anyhow, before it is told that its version is another one: who may
 *   not see the aggregate learns nothing of it. Source: RFC 9110, section 13.2.1.
 * @throws HttpError 400 when the header is malformed, 412 when it names another version; what the other two throw.
 */
export async function ifMatch<TResult>(
  { headers }: Request,
  work: (condition: { readonly expectedVersion?: readonly number[] }) => Promise<TResult>,
  mayKnow: () => Promise<unknown>,
): Promise<TResult> {
  const field = headers['if-match'];
  try {
    // Whatever is there will do for `*`.
    if (field === undefined || field.trim() === '*') return await work({});
    return await work({ expectedVersion: tagsOf('If-Match', field).flatMap(versionOf) });
  } catch (error) {
    if (!(error instanceof VersionMismatchError)) throw error;
    await mayKnow();
    const message = `It is at version ${error.actual}, which If-Match: ${field} does not name. Get it again, and see whether you still want this.`;
    throw new HttpError(412, { code: 'PRECONDITION_FAILED', message });
  }
}

/** For what no version of an aggregate decides on: a condition is refused, not passed over. @throws HttpError 400 */
export function refuseIfMatch({ headers }: Request): void {
  if (headers['if-match'] === undefined) return;
  throw invalid(
    'If-Match is not for this request: another version of the order changes nothing here. Send it without.',
  );
}

/** The version that a strong tag names. A weak one, or one that was never given here, names none. */
function versionOf(tag: string): readonly number[] {
  const [, version] = /^"([1-9]\d{0,14})(?:-[\w-]{22})?"$/.exec(tag) ?? [];
  return version === undefined ? [] : [Number(version)];
}

/** The tags of a list, as they stand. Lists may have empty elements. */
function tagsOf(header: string, field: string): readonly string[] {
  const element = /[\t ]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[\t ]*)?(?:,|$)/y;
  const tags: string[] = [];
  while (element.lastIndex < field.length) {
    const found = element.exec(field);
    if (found === null) throw malformed(header, field);
    if (found[1] !== undefined) tags.push(found[1]);
  }
  if (tags.length === 0) throw malformed(header, field);
  return tags;
}

function malformed(header: string, field: string): HttpError {
  return invalid(
    `${header}: ${field} is not a list of entity tags. Send what ETag said, quotes and all, such as "3", or *.`,
  );
}
