import { EverfoldError } from '@everfold/core';
import type { ServedBackend } from './choose-backend.js';

/** A backend that was tried, and why it did not work. */
export interface Refusal {
  readonly backend: ServedBackend;
  readonly reason: string;
}

const WAYS: Readonly<Record<ServedBackend, string>> = {
  endpoint: 'set DYNAMODB_ENDPOINT to the URL of a DynamoDB that runs',
  docker: 'start a Docker engine; the container amazon/dynamodb-local is then run in it',
  java: 'install Java 11 or later and the npm package amplify-dynamodb-simulator, whose jar is then run',
};

/** No DynamoDB can be had here: neither a running one, nor Docker, nor Java. */
export class NoBackendError extends EverfoldError<'NO_BACKEND'> {
  /** What was tried, in that order. */
  readonly refusals: readonly Refusal[];

  /** @param headline - What was looked for, as a sentence. */
  constructor(headline: string, refusals: readonly Refusal[]) {
    const lines = Object.entries(WAYS).map(([backend, way]) => {
      const reason = refusals.find((refusal) => refusal.backend === backend)?.reason ?? 'It was not tried.';
      return `  ${backend}: ${way}. ${reason}`;
    });
    super('NO_BACKEND', `${headline} Any of these ways leads to one:\n${lines.join('\n')}`);
    this.refusals = refusals;
  }
}
