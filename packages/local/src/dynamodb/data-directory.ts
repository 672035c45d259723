import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from '@everfold/core';

/**
 * Makes the directory that a DynamoDB is to keep its tables in, if it is not there.
 *
 * @returns Its absolute path.
 * @throws InvalidArgumentError when it cannot be written to.
 */
export async function prepareDataDirectory(directory: string): Promise<string> {
  const path = resolve(directory);
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    return path;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(
      `DynamoDB Local cannot keep its tables in "${path}" (${reason}). Name another directory in EVERFOLD_DATA_DIR, or unset it to keep them in memory.`,
    );
  }
}
