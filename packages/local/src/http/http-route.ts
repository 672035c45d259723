import { InvalidArgumentError } from '@everfold/core';

/** A part of a route's path: text, a variable such as `{id}`, or a greedy one such as `{proxy+}` that takes all that follows. */
interface Segment {
  readonly kind: 'text' | 'variable' | 'greedy';
  /** The text, or the variable's name. */
  readonly name: string;
}

/** A route key, taken apart. */
export interface ParsedRoute {
  readonly key: string;
  /** A method, or `ANY`. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

/** Path parameters by name, decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** From the most specific to the least. */
const kinds = ['text', 'variable', 'greedy'] as const;

/** The route that takes what no other does. */
const DEFAULT_ROUTE = '$default';

/**
 * Takes a route key such as `GET /orders/{id}`, `ANY /{proxy+}` or `$default` apart.
 * Source: API Gateway Developer Guide, "Create routes for HTTP APIs in API Gateway".
 *
 * @throws InvalidArgumentError when API Gateway would refuse the key.
 */
export function parseRoute(key: string): ParsedRoute {
  if (key === DEFAULT_ROUTE) return { key, method: 'ANY', segments: [{ kind: 'greedy', name: '' }] };

  const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) \/(.*)$/.exec(key) ?? [];
  if (method === undefined || path === undefined) {
    throw new InvalidArgumentError(`Route "${key}" is not a method and a path. Write it as "GET /orders/{id}".`);
  }
  const segments = path === '' ? [] : path.split('/').map((text) => parseSegment(text, key));
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new InvalidArgumentError(
      `Route "${key}" goes on behind a greedy variable. Let {…+} be the last of the path.`,
    );
  }
  return { key, method, segments };
}

/** Sorts the more specific route first: what is text before what varies, from left to right, then a method before `ANY`. */
export function bySpecificity(left: ParsedRoute, right: ParsedRoute): number {
  if (left.key === DEFAULT_ROUTE || right.key === DEFAULT_ROUTE) return left.key === DEFAULT_ROUTE ? 1 : -1;
  for (const [index, { kind }] of left.segments.entries()) {
    const other = right.segments[index]?.kind;
    if (other !== undefined && other !== kind) return kinds.indexOf(kind) - kinds.indexOf(other);
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

/**
 * The path parameters of a request that a route takes, or nothing when it does not take it.
 *
 * @param segments - The parts of the request's path, decoded.
 */
export function matchRoute(
  route: ParsedRoute,
  method: string,
  segments: readonly string[],
): PathParameters | undefined {
  if (route.method !== 'ANY' && route.method !== method) return undefined;
  if (route.key === DEFAULT_ROUTE) return {};

  const last = route.segments.at(-1);
  const isGreedy = last?.kind === 'greedy';
  const fixed = isGreedy ? route.segments.slice(0, -1) : route.segments;
  if (isGreedy ? segments.length < fixed.length : segments.length !== fixed.length) return undefined;

  const parameters: Record<string, string> = {};
  for (const [index, { kind, name }] of fixed.entries()) {
    const value = segments[index] ?? '';
    if (kind === 'text' ? value !== name : value === '') return undefined;
    if (kind === 'variable') parameters[name] = value;
  }
  if (!isGreedy) return parameters;

  const rest = segments.slice(fixed.length).join('/');
  // Alone at the root, a greedy variable takes the root as well.
  return rest === '' && fixed.length > 0 ? undefined : { ...parameters, [last.name]: rest };
}

function parseSegment(text: string, key: string): Segment {
  const [, name, plus] = /^\{([\w.:-]+)(\+?)\}$/.exec(text) ?? [];
  if (name !== undefined) return { kind: plus === '+' ? 'greedy' : 'variable', name };
  if (/^[\w.~:%-]+$/.test(text)) return { kind: 'text', name: text };
  throw new InvalidArgumentError(
    `Route "${key}" has a part "${text}". Write letters, digits and .-_~:% or a {variable}.`,
  );
}
