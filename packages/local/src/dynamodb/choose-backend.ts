import { InvalidArgumentError } from '@everfold/core';
import { NoBackendError, type Refusal } from './no-backend-error.js';

const BACKENDS = ['endpoint', 'docker', 'java', 'memory'] as const;

/** What may stand in for DynamoDB. `memory` is no DynamoDB at all: the caller keeps events in its own process. */
export type Backend = (typeof BACKENDS)[number];

/** A backend that speaks DynamoDB's protocol. */
export type ServedBackend = Exclude<Backend, 'memory'>;

/** The environment variables that decide where DynamoDB is. An empty one counts as not set. */
export interface BackendEnvironment {
  /** Forces one backend. */
  readonly EVERFOLD_DYNAMODB?: string | undefined;
  /** URL of a DynamoDB that runs already. */
  readonly DYNAMODB_ENDPOINT?: string | undefined;
  /** Where a DynamoDB that is started here keeps its tables. */
  readonly EVERFOLD_DATA_DIR?: string | undefined;
}

/** What trying a backend came to: a server, or the reason why there is none, as a sentence. */
export type Attempt<TServer> = { readonly server: TServer } | { readonly reason: string };

/** How each backend is tried. */
export type Probes<TServer> = { readonly [TBackend in ServedBackend]: () => Promise<Attempt<TServer>> };

/** The backend that is used, and those that were tried before it. */
export type Choice<TServer> =
  | { readonly backend: 'memory' }
  | { readonly backend: ServedBackend; readonly server: TServer; readonly passedOver: readonly Refusal[] };

/**
 * Decides which backend serves: the forced one; else the endpoint if there is one; else Docker; else Java.
 *
 * A backend that somebody asked for is never replaced by another: tests against the wrong one would tell nothing.
 *
 * @throws InvalidArgumentError when `EVERFOLD_DYNAMODB` is none of the backends.
 * @throws NoBackendError when nothing that may be used can be had.
 */
export async function chooseBackend<TServer>(
  environment: BackendEnvironment,
  probes: Probes<TServer>,
): Promise<Choice<TServer>> {
  const { asked, candidates, headline } = planSearch(environment);
  if (asked === 'memory') return { backend: 'memory' };

  const refusals: Refusal[] = [];
  for (const backend of candidates) {
    const attempt = await probes[backend]();
    if ('server' in attempt) return { backend, server: attempt.server, passedOver: refusals };
    refusals.push({ backend, reason: attempt.reason });
  }
  throw new NoBackendError(headline, refusals);
}

interface Search {
  readonly asked?: Backend;
  readonly candidates: readonly ServedBackend[];
  readonly headline: string;
}

function planSearch({ EVERFOLD_DYNAMODB, DYNAMODB_ENDPOINT }: BackendEnvironment): Search {
  if (EVERFOLD_DYNAMODB) {
    const asked = toBackend(EVERFOLD_DYNAMODB);
    const headline = `EVERFOLD_DYNAMODB asks for "${asked}", which cannot be had here.`;
    return { asked, candidates: asked === 'memory' ? [] : [asked], headline };
  }
  if (DYNAMODB_ENDPOINT) {
    return { candidates: ['endpoint'], headline: 'DYNAMODB_ENDPOINT is set, so no other DynamoDB was tried.' };
  }
  return { candidates: ['endpoint', 'docker', 'java'], headline: 'There is no DynamoDB to work with.' };
}

function toBackend(value: string): Backend {
  const backend = BACKENDS.find((candidate) => candidate === value);
  if (backend) return backend;
  throw new InvalidArgumentError(
    `EVERFOLD_DYNAMODB is "${value}". Set it to one of ${BACKENDS.join(', ')}, or unset it.`,
  );
}
