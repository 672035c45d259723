import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from '@everfold/core';
import { claimDirectory } from '../state/claim-directory.js';
import type { Attempt } from './choose-backend.js';
import type { Launch, Server } from './server.js';

/**
 * Starts a server that has its data directory, if it is to have one, to itself: two on the same one fail each other's
 * writes.
 *
 * @throws InvalidArgumentError when the directory cannot be written to.
 * @throws StateInUseError when another server that was started here has it.
 */
export async function inDataDirectory(
  launch: Launch,
  start: (launch: Launch) => Promise<Attempt<Server>>,
): Promise<Attempt<Server>> {
  if (launch.dataDirectory === undefined) return start(launch);
  const dataDirectory = await prepareDataDirectory(launch.dataDirectory);
  const release = await claimDirectory(dataDirectory);
  const attempt = await start({ ...launch, dataDirectory }).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  if (!('server' in attempt)) {
    await release();
    return attempt;
  }
  const { endpoint, stop } = attempt.server;
  return { server: { endpoint, stop: () => stop().finally(release) } };
}

/** Makes the directory if it is not there, and says where it is. */
async function prepareDataDirectory(directory: string): Promise<string> {
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
