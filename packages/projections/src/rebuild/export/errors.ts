import { EverfoldError } from '@everfold/core';

/** A file of an export is not as it has to be. */
export class ExportUnreadableError extends EverfoldError<'EXPORT_UNREADABLE'> {
  readonly file: string;
  /** From 1; `undefined` when it is about the file as a whole. */
  readonly line: number | undefined;

  constructor(place: { readonly file: string; readonly line?: number }, reason: string, options?: ErrorOptions) {
    const where = place.line === undefined ? place.file : `${place.file}, line ${place.line}`;
    super(
      'EXPORT_UNREADABLE',
      `The export cannot be read: ${where}: ${reason}. Download it again, all of it, or export the table anew.`,
      options,
    );
    this.file = place.file;
    this.line = place.line;
  }
}

/** A version of a stream is in none of the files of an export. */
export class ExportIncompleteError extends EverfoldError<'EXPORT_INCOMPLETE'> {
  readonly stream: string;
  readonly version: number;

  constructor(stream: string, version: number, next: number) {
    super(
      'EXPORT_INCOMPLETE',
      `The export has version ${next} of stream "${stream}", and version ${version} is in none of its files. Give the event store, so that it is read from there, or download all files of the export.`,
    );
    this.stream = stream;
    this.version = version;
  }
}
