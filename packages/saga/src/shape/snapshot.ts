import { isDeepStrictEqual } from 'node:util';
import { InvalidArgumentError } from '@everfold/core';
import type { AnySaga } from '../saga.js';
import { definitionsOf } from '../versions.js';
import { type Change, compareShapes } from './compare.js';
import { type SagaShape, type ShapeOptions, shapeOf } from './shape.js';

/** What a committed snapshot holds: the shape of each version under which runs may be under way. */
export interface ShapeSnapshot {
  readonly saga: string;
  readonly versions: Readonly<Record<string, SagaShape>>;
}

/** How a saga stands to its committed snapshot. */
export interface ShapeCheck {
  /** What would break runs that are under way: nothing, or the check has failed. */
  readonly problems: readonly string[];
  /** Changes that do no harm. */
  readonly changes: readonly Change[];
  /** Whether the snapshot says what the saga is now. */
  readonly isCurrent: boolean;
  /** What the snapshot should hold, for whoever writes it anew. */
  readonly text: string;
}

/**
 * Compares a saga, with the earlier definitions that it goes on with, with the snapshot of its shape that is committed beside it.
 *
 * @param saga - The definition as it is now.
 * @param text - What the snapshot file holds, or `undefined` where there is none yet.
 * @throws InvalidArgumentError when it is not a snapshot.
 *
 * @example
 * ```ts
 * import { checkShape } from '@everfold/saga/shape';
 * import { readFile } from 'node:fs/promises';
 * const { problems } = checkShape(saga, await readFile('fulfilment.shape.json', 'utf8'));
 * ```
 */
export function checkShape(saga: AnySaga, text: string | undefined, options: ShapeOptions = {}): ShapeCheck {
  const shapes = definitionsOf(saga).map((definition) => shapeOf(definition, options));
  const versions = Object.fromEntries(shapes.map((shape) => [String(shape.version), shape]));
  const snapshot: ShapeSnapshot = { saga: saga.name, versions };
  const written = `${JSON.stringify(snapshot, undefined, 2)}\n`;
  if (text === undefined) return { problems: [], changes: [], isCurrent: false, text: written };
  const committed = parseSnapshot(text);
  const changes = shapes.flatMap((shape) => {
    const before = committed.versions[String(shape.version)];
    return before === undefined ? [] : compareShapes(before, shape);
  });
  return {
    problems: [
      ...changes.flatMap(({ severity, message }) => (severity === 'breaking' ? [message] : [])),
      ...versionProblems(saga, committed),
    ],
    changes: changes.filter(({ severity }) => severity === 'compatible'),
    isCurrent: isDeepStrictEqual(committed, JSON.parse(written)),
    text: written,
  };
}

/** The newest version goes up only, and an earlier one that is gone on with was committed when it was the newest. */
function versionProblems(saga: AnySaga, { saga: name, versions }: ShapeSnapshot): string[] {
  const known = Object.keys(versions).map(Number);
  const newest = Math.max(...known);
  const unknown = (saga.earlier ?? []).filter(({ version }) => !known.includes(version));
  return [
    ...(name === saga.name ? [] : [`The snapshot is that of saga "${name}", and not of "${saga.name}".`]),
    ...(saga.version < newest
      ? [`Its version is ${saga.version}, and was ${newest} before. Versions only go up.`]
      : []),
    ...unknown.map(
      ({ version }) =>
        `Version ${version} is gone on with by withEarlier, and its shape is not in the snapshot: nobody can say whether it is what ` +
        'its runs began under. Restore the shape that was committed for it.',
    ),
  ];
}

/** @throws InvalidArgumentError when the text is not a snapshot. */
function parseSnapshot(text: string): ShapeSnapshot {
  const refuse = (cause: unknown): never => {
    const problem = `The snapshot of the shape cannot be read (${cause}). Restore it, or write it anew.`;
    throw new InvalidArgumentError(problem);
  };
  try {
    const parsed: ShapeSnapshot = JSON.parse(text);
    if (typeof parsed?.saga === 'string' && typeof parsed.versions === 'object' && parsed.versions !== null)
      return parsed;
  } catch (error) {
    refuse(error);
  }
  return refuse('it has no saga and versions');
}
