import type { RowSet } from '../read-models/read-model-store.js';

/** The projection and the version that rows are of. */
export interface NamedVersion {
  readonly name: string;
  readonly version: number;
}

/** Takes the id of rows apart: `<projection>@<version>`. */
export function versionOf({ id }: RowSet): NamedVersion {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), version: Number(id.slice(at + 1)) };
}
