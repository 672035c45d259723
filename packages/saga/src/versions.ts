import { type CommandMetadata, type EventSchemas, InvalidArgumentError, type Metadata } from '@everfold/core';
import { InvalidSagaError, UnknownSagaVersionError } from './errors.js';
import { leftOut } from './left-out.js';
import type { AnySaga, Saga } from './saga.js';
import type { SagaStep } from './step.js';

/* Several versions of one saga, at work at the same time. */

declare const EVERFOLD_WITHOUT_EARLIER: true | undefined;

/**
 * Has the handlers of a saga go on with runs that were begun under earlier definitions of it: a run ends under the version
 * that it began under, which is in the metadata of all its events.
 *
 * Name here every version under which a run may still be under way; `services` of a step that several versions have are those
 * that any of them needs. A run whose start says nothing of a version belongs to the earliest of them.
 *
 * @param saga - The version under which new runs begin: those whose start was recorded with {@link startMetadata}.
 * @param earlier - Earlier ones.
 * @throws InvalidSagaError when the names differ, or two versions are the same.
 *
 * @example
 * ```ts
 * export const handler = createStepHandler(withEarlier(fulfilmentV2, fulfilmentV1), 'charge', { store, timers });
 * ```
 */
export function withEarlier<TSchemas extends EventSchemas, TSteps, TEarlierSteps>(
  saga: Saga<TSchemas, TSteps>,
  ...earlier: readonly Saga<EventSchemas, TEarlierSteps>[]
): Saga<TSchemas, TSteps & TEarlierSteps> {
  if (typeof EVERFOLD_WITHOUT_EARLIER !== 'undefined') leftOut('earlier versions of a saga');
  const versions = new Set([saga.version]);
  for (const { name, version } of earlier) {
    if (name !== saga.name) throw new InvalidSagaError(saga.name, `saga "${name}" is no earlier version of it`);
    if (version >= saga.version)
      throw new InvalidSagaError(saga.name, `version ${version} is not earlier than version ${saga.version}`);
    if (versions.has(version)) throw new InvalidSagaError(saga.name, `version ${version} is given twice`);
    versions.add(version);
  }
  const inOrder = [...earlier].sort((one, other) => other.version - one.version);
  const { services: _onlyAType, ...definition } = saga;
  return { ...definition, earlier: inOrder };
}

/** All definitions of a saga, the newest first. */
export function definitionsOf(saga: AnySaga): readonly AnySaga[] {
  return [saga, ...(saga.earlier ?? [])];
}

/** A step as one version of a saga has it. */
export interface StepVersion {
  readonly saga: AnySaga;
  readonly step: SagaStep;
}

/** A step in each version that has it, the newest first. */
export function versionsOfStep(saga: AnySaga, name: string): readonly StepVersion[] {
  return definitionsOf(saga).flatMap((definition) =>
    definition.steps.flatMap((step) => (step.name === name ? [{ saga: definition, step }] : [])),
  );
}

/** The same, of a step that it has. @throws InvalidArgumentError when it has no such step. */
export function versionsNamed(saga: AnySaga, name: string): readonly StepVersion[] {
  const versions = versionsOfStep(saga, name);
  if (versions.length > 0) return versions;
  const names = saga.steps.map((step) => step.name).join(', ');
  throw new InvalidArgumentError(`Saga "${saga.name}" has no step "${name}"; it has ${names}.`);
}

/** The events of all its versions. */
export function eventsOf(saga: AnySaga): EventSchemas {
  return typeof EVERFOLD_WITHOUT_EARLIER === 'undefined'
    ? Object.assign({}, ...[...definitionsOf(saga)].reverse().map(({ events }) => events))
    : saga.events;
}

/**
 * The definition that an event belongs to.
 *
 * @throws UnknownSagaVersionError when it was recorded under a version that is not at hand.
 */
export function definitionFor(saga: AnySaga, { metadata }: { readonly metadata: Partial<Metadata> }): AnySaga {
  const definitions = definitionsOf(saga);
  const pinned = pinnedVersion(saga, metadata);
  // Parts of a deployment change at different moments, so what is not said goes by what they all have.
  if (pinned === undefined) return definitions.at(-1) ?? saga;
  const definition = definitions.find(({ version }) => version === pinned);
  if (definition === undefined) {
    throw new UnknownSagaVersionError(
      saga.name,
      pinned,
      definitions.map(({ version }) => version),
    );
  }
  return definition;
}

/** The version in an event's metadata, where it is this saga's: its start may be the end of another one. */
export function pinnedVersion(saga: Pick<AnySaga, 'name'>, metadata: Partial<Metadata>): number | undefined {
  return metadata.saga === saga.name && typeof metadata.sagaVersion === 'number' ? metadata.sagaVersion : undefined;
}

/**
 * Metadata for the command that records a saga's start: the version under which the run begins, and ends.
 *
 * @example
 * ```ts
 * await stock.execute(id, 'place', { amountCents: 1_250 }, { metadata: { ...metadata, ...startMetadata(fulfilmentV2) } });
 * ```
 */
export function startMetadata(saga: Pick<AnySaga, 'name' | 'version'>): CommandMetadata {
  return { saga: saga.name, sagaVersion: saga.version };
}
