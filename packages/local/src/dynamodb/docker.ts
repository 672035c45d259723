import { homedir } from 'node:os';
import type { StartedTestContainer } from 'testcontainers';
import type { Attempt } from './choose-backend.js';
import { engineAddresses, whyNoEngine } from './docker-engine.js';
import { waitForAnswer } from './http-answer.js';
import { type Launch, type Server, STARTUP_TIMEOUT_MS, toLocalArguments } from './server.js';

type Testcontainers = typeof import('testcontainers');

const IMAGE = 'amazon/dynamodb-local:latest';
const CONTAINER_PORT = 8000;
const HOME = '/home/dynamodblocal';

/**
 * Runs DynamoDB Local in a container, if a Docker engine answers.
 *
 * Testcontainers' own environment variables are respected; its reaper removes the container should this process die.
 */
export async function startInDocker(launch: Launch): Promise<Attempt<Server>> {
  const { env, platform } = process;
  const search = { environment: env, platform, home: homedir(), userId: process.getuid?.() };
  const noEngine = await whyNoEngine(engineAddresses(search));
  if (noEngine !== undefined) return { reason: noEngine };

  const testcontainers = await loadTestcontainers();
  if (!testcontainers) {
    return { reason: 'A Docker engine answers, but the npm package testcontainers is not installed.' };
  }
  const noReaper = await whyNoReaper(testcontainers);
  if (noReaper !== undefined) return { reason: noReaper };
  try {
    return await serve(await startContainer(testcontainers, launch), launch);
  } catch (error) {
    return { reason: `A Docker engine answers, but the image ${IMAGE} could not be run (${messageOf(error)}).` };
  }
}

async function loadTestcontainers(): Promise<Testcontainers | undefined> {
  try {
    return await import('testcontainers');
  } catch {
    return undefined;
  }
}

/** Testcontainers starts its reaper together with the first container; apart, its failure can be told from ours. */
async function whyNoReaper({ getContainerRuntimeClient, getReaper }: Testcontainers): Promise<string | undefined> {
  const client = await getContainerRuntimeClient().catch((error: unknown) => messageOf(error));
  if (typeof client === 'string') return `A Docker engine answers, but Testcontainers cannot use it (${client}).`;
  try {
    await getReaper(client);
    return undefined;
  } catch (error) {
    return (
      `A Docker engine answers, but Testcontainers could not start its clean-up container "ryuk" (${messageOf(error)}). ` +
      'Pull that image, or set TESTCONTAINERS_RYUK_DISABLED=true.'
    );
  }
}

async function startContainer(
  { GenericContainer, Wait }: Testcontainers,
  { dataDirectory, port }: Launch,
): Promise<StartedTestContainer> {
  const container = new GenericContainer(IMAGE)
    .withWorkingDir(HOME)
    .withCommand(toLocalArguments(CONTAINER_PORT, dataDirectory && `${HOME}/data`))
    .withExposedPorts(port === undefined ? CONTAINER_PORT : { container: CONTAINER_PORT, host: port })
    // Its other strategies look for the port by commands that the image may lack, and give up after ten seconds.
    .withWaitStrategy(Wait.forLogMessage(/Initializing DynamoDB Local/))
    .withStartupTimeout(STARTUP_TIMEOUT_MS);
  if (dataDirectory === undefined) return container.start();

  // The image's own user may not write to a directory of this machine.
  return container
    .withUser('root')
    .withBindMounts([{ source: dataDirectory, target: `${HOME}/data` }])
    .start();
}

async function serve(container: StartedTestContainer, { clock }: Launch): Promise<Attempt<Server>> {
  const endpoint = `http://${container.getHost()}:${container.getMappedPort(CONTAINER_PORT)}`;
  const stop = async () => {
    await container.stop();
  };
  const trouble = await waitForAnswer(endpoint, { clock, timeoutMs: STARTUP_TIMEOUT_MS });
  if (trouble === undefined) return { server: { endpoint, stop } };
  await stop();
  return { reason: `A container of ${IMAGE} was started, but it does not answer at ${endpoint} (${trouble}).` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
