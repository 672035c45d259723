import { EverfoldError } from '@everfold/core';

/** The version that serves is not one that this code knows. */
export class VersionUnknownError extends EverfoldError<'VERSION_UNKNOWN'> {
  readonly projection: string;
  readonly version: number;

  constructor(projection: string, version: number, known: readonly number[]) {
    super(
      'VERSION_UNKNOWN',
      `Version ${version} of projection "${projection}" serves, and the reader knows ${known.join(', ')}. Deploy readers that know both versions before reads are switched.`,
    );
    this.projection = projection;
    this.version = version;
  }
}

/** Reads are not switched: it is not known that the version has everything. */
export class SwitchRefusedError extends EverfoldError<'SWITCH_REFUSED'> {
  readonly projection: string;
  readonly version: number;

  constructor(projection: string, version: number, reason: string) {
    super('SWITCH_REFUSED', `Reads of projection "${projection}" are not switched to version ${version}: ${reason}`);
    this.projection = projection;
    this.version = version;
  }
}

/** A version is not dropped, because it is in use, or may be. */
export class VersionInUseError extends EverfoldError<'VERSION_IN_USE'> {
  readonly projection: string;
  readonly version: number;

  constructor(projection: string, version: number, reason: string) {
    super('VERSION_IN_USE', `Version ${version} of projection "${projection}" is not dropped: ${reason}`);
    this.projection = projection;
    this.version = version;
  }
}
