import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Attempt } from './choose-backend.js';
import { findFreePort } from './free-port.js';
import { waitForAnswer, whyNoAnswer } from './http-answer.js';
import { JavaProcess } from './java-process.js';
import { findJava } from './java-runtime.js';
import { type Launch, type Server, STARTUP_TIMEOUT_MS, toLocalArguments } from './server.js';

/** The npm package that carries DynamoDB Local's jar in its folder `emulator`. */
const JAR_PACKAGE = 'amplify-dynamodb-simulator';

/** Runs DynamoDB Local's jar, if Java and the jar are here. The process ends with this one. */
export async function startInJava(launch: Launch): Promise<Attempt<Server>> {
  const java = await findJava(process.env);
  if ('reason' in java) return java;
  const directory = findEmulator();
  if (directory === undefined) return { reason: `Java is here, but the npm package ${JAR_PACKAGE} is not installed.` };
  const { clock, port = await findFreePort(), dataDirectory } = launch;
  const endpoint = `http://localhost:${port}`;
  if ((await whyNoAnswer(endpoint, 1_000)) === undefined) return { reason: `Something else answers at ${endpoint}.` };

  const child = new JavaProcess(java.command, toLocalArguments(port, dataDirectory), directory);
  const isGone = () => child.ending !== undefined;
  const trouble = await waitForAnswer(endpoint, { clock, timeoutMs: STARTUP_TIMEOUT_MS, isGone });
  if (trouble === undefined && !isGone()) return { server: { endpoint, stop: () => child.stop(clock) } };
  const ending = child.ending ?? trouble;
  await child.stop(clock);
  return { reason: `DynamoDB Local's jar did not start (${ending}): ${child.output || 'it printed nothing.'}` };
}

function findEmulator(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${JAR_PACKAGE}/package.json`)), 'emulator');
  } catch {
    return undefined;
  }
}
