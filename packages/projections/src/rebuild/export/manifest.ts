import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ExportUnreadableError } from './errors.js';

/** A file of items. */
export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  /** How many items it has, and the MD5 of the file in base64: as the manifest says, where there is one. */
  readonly items?: number;
  readonly md5?: string;
}

/** An export as it lies on disk. */
export interface Export {
  /** Tells it from others. */
  readonly id: string;
  /** ISO 8601: as of when it is, where its manifest says. */
  readonly asOf?: string;
  readonly files: readonly DataFile[];
}

const FILES = 'manifest-files.json';
const SUMMARY = 'manifest-summary.json';

/**
 * Finds the files of a full export in DynamoDB JSON. The directory is that of one export, `AWSDynamoDB/<id>`, or one that
 * has it somewhere below.
 * Source: DynamoDB Developer Guide, "DynamoDB table export output format".
 *
 * @throws ExportUnreadableError when there is none or more than one, it is of another kind, or a file is missing.
 */
export async function readManifest(directory: string): Promise<Export> {
  const root = await rootOf(directory);
  const summary = await readSummary(join(root, SUMMARY));
  const listed = await readFile(join(root, FILES), 'utf8').catch(() => undefined);
  const files = listed === undefined ? await filesIn(root) : await filesOf(root, listed);
  return { id: basename(resolve(root)), files, ...(summary === undefined ? {} : { asOf: summary }) };
}

async function rootOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, encoding: 'utf8' }).catch((cause: unknown) => {
    throw new ExportUnreadableError({ file: directory }, 'it is not a directory that can be read', { cause });
  });
  const manifests = entries.filter((entry) => basename(entry) === FILES);
  if (manifests.length > 1)
    throw new ExportUnreadableError({ file: directory }, `it has several exports: ${manifests.join(', ')}; give one`);
  return join(directory, dirname(manifests[0] ?? FILES));
}

/** @returns As of when the export is. */
async function readSummary(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const summary = parseObject(text, { file });
  const { outputFormat = 'DYNAMODB_JSON', exportType = 'FULL_EXPORT', exportTime } = summary;
  if (outputFormat !== 'DYNAMODB_JSON')
    throw new ExportUnreadableError({ file }, `its format is ${outputFormat}; export as DYNAMODB_JSON`);
  if (exportType !== 'FULL_EXPORT')
    throw new ExportUnreadableError({ file }, `it is an ${exportType}, which holds changes only; make a FULL_EXPORT`);
  return typeof exportTime === 'string' ? exportTime : undefined;
}

/** The files that a manifest lists, one a line. Its keys begin at the bucket: only the end is the same on disk. */
async function filesOf(root: string, manifest: string): Promise<DataFile[]> {
  const file = join(root, FILES);
  const lines = manifest.split('\n').map((text, index) => ({ text, line: index + 1 }));
  return Promise.all(
    lines
      .filter(({ text }) => text.trim() !== '')
      .map(async ({ text, line }) => {
        const { dataFileS3Key, itemCount, md5Checksum } = parseObject(text, { file, line });
        if (typeof dataFileS3Key !== 'string' || typeof itemCount !== 'number')
          throw new ExportUnreadableError({ file, line }, 'it has no dataFileS3Key or no itemCount');
        const path = join(root, 'data', basename(dataFileS3Key));
        const md5 = typeof md5Checksum === 'string' ? { md5: md5Checksum } : {};
        return { path, bytes: await sizeOf(path), items: itemCount, ...md5 };
      }),
  );
}

/** All data files, where nothing lists them: whether some are missing cannot be known. */
async function filesIn(root: string): Promise<DataFile[]> {
  const directory = await readdir(join(root, 'data')).then(
    () => join(root, 'data'),
    () => root,
  );
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json.gz')).sort();
  if (names.length === 0)
    throw new ExportUnreadableError(
      { file: root },
      'there is neither a manifest-files.json nor a file of items (.json.gz)',
    );
  return Promise.all(
    names.map(async (name) => ({ path: join(directory, name), bytes: await sizeOf(join(directory, name)) })),
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new ExportUnreadableError({ file: path }, 'the manifest lists it, and it is not there', { cause });
  }
}

/** A JSON object. */
export function parseObject(text: string, place: { readonly file: string; readonly line?: number }) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ExportUnreadableError(place, `it is not JSON (${cause instanceof Error ? cause.message : cause})`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ExportUnreadableError(place, 'it is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}
