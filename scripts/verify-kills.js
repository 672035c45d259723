// Runs a file of orders through the order service, kills the service again and again, and says whether everything
// is exact in the end:   npm run verify:kills -- FILE [--kills 20] [--seed 1] [--dynamodb | --endpoint URL] [--keep]
// It starts a DynamoDB Local that keeps its tables on disk, or uses the one that is given, with tables of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chooseMoments } from './kills/moments.js';
import { entriesOf, readHistories } from './kills/orders.js';
import { start } from './kills/process.js';
import { compare, connect, countItems } from './kills/tables.js';
import { underWay } from './kills/under-way.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    /** Kills DynamoDB Local together with the host. */
    dynamodb: { type: 'boolean', default: false },
    /** Uses a DynamoDB that runs already. */
    endpoint: { type: 'string' },
    /** Leaves the tables and the host's state where they are; when something is wrong, they are left anyway. */
    keep: { type: 'boolean', default: false },
  },
});
// The SDK's word on Node 20 is for those who deploy.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const [kills, seed] = [Number(values.kills), Number(values.seed)];
const file = resolve(positionals[0] ?? '');
const histories = readHistories(file);
const entries = entriesOf(histories);

const home = mkdtempSync(join(tmpdir(), 'everfold-kills-'));
const hostDirectory = join(home, 'host');
mkdirSync(hostDirectory);
const port = await freePort();
const endpoint = values.endpoint ?? `http://localhost:${port}`;
const run = `kills-${seed}-${process.pid}`;
const names = {
  EVENTS_TABLE: `${run}-events`,
  READ_MODELS_TABLE: `${run}-read-models`,
  BOOKS_TABLE: `${run}-books`,
  CONNECTIONS_TABLE: `${run}-connections`,
};
const client = connect(endpoint);
const script = (/** @type {string} */ path) => join(import.meta.dirname, path);

const begin = performance.now();
let dynamodb = values.endpoint ? undefined : await startDynamoDB();
/** @type {ReturnType<typeof startHost> | undefined} */
let host;
try {
  console.log(`${histories.size} orders, ${kills} kills by seed ${seed}, everything in ${home}`);
  for (const [index, moment] of chooseMoments({ kills, entries, seed }).entries()) {
    host = startHost();
    const killed = await killAt(host, moment);
    console.log(`${String(index + 1).padStart(4)}. ${killed}`);
  }
  host = startHost();
  const up = upAfter(host);
  const status = await host.ended;
  console.log(`Ran to its end in ${inSeconds(host.age())}, up after ${inSeconds(await up)}.`);
  const { stdout, stderr } = host.output();
  if (status !== 0) throw new Error(`The last run ended with ${status}.\n${stderr}`);

  const summary = join(home, 'summary.json');
  writeFileSync(summary, stdout);
  process.stdout.write(
    execFileSync(process.execPath, [script('verify-orders.js'), file, summary], { encoding: 'utf8' }),
  );
  const found = await compare(client, names, histories);
  for (const problem of found.problems.slice(0, 20)) console.error(problem);
  console.log(
    found.problems.length === 0
      ? `Each of ${found.events} events, ${found.rows} rows and ${found.entries} entries in the books is there once, and no other.`
      : `${found.problems.length} problem(s) with events, rows and entries in the books.`,
  );
  console.log(`${inSeconds(performance.now() - begin)} in all.`);
  process.exitCode = found.problems.length === 0 ? 0 : 1;
} finally {
  client.destroy();
  host?.kill('SIGKILL');
  dynamodb?.kill('SIGTERM');
  await dynamodb?.ended;
  if (!values.keep && process.exitCode === 0) rmSync(home, { recursive: true, force: true });
}

/**
 * Kills the host at its moment, and says what it was doing.
 *
 * @param {ReturnType<typeof startHost>} running
 * @param {{ entries: number, laterMs: number }} moment
 */
async function killAt(running, moment) {
  const up = upAfter(running);
  const before = await countItems(client, names.BOOKS_TABLE);
  while (!running.isGone() && (await countItems(client, names.BOOKS_TABLE)) < moment.entries) await sleep(50);
  await sleep(moment.laterMs);
  if (running.isGone()) {
    throw new Error(`The service ended by itself before it was killed.\n${running.output().stderr}`);
  }
  const age = running.age();
  running.kill('SIGKILL');
  if (values.dynamodb) dynamodb?.kill('SIGKILL');
  await running.ended;
  if (values.dynamodb) {
    await dynamodb?.ended;
    dynamodb = await startDynamoDB();
  }
  const now = await countItems(client, names.BOOKS_TABLE);
  const { deliveries, isTorn } = underWay(hostDirectory);
  const upAt = await up;
  const work = upAt === undefined ? 'before it was up' : `up after ${inSeconds(upAt)}, ${now - before} entries`;
  const torn = isTorn ? ', the last line of the journal torn' : '';
  const at = inSeconds(performance.now() - begin);
  return `at ${at}: ${inSeconds(age)} old (${work}), ${now} of ${entries} entries, ${deliveries} deliveries under way${torn}`;
}

function startHost() {
  return start([script('../samples/order-service/dist/cli/orders.js'), file, '--json'], {
    cwd: hostDirectory,
    env: { ...process.env, ...names, EVERFOLD_DYNAMODB: undefined, DYNAMODB_ENDPOINT: endpoint },
  });
}

/**
 * After how many milliseconds the host has taken up what was left; `undefined` if it is gone before.
 *
 * @param {ReturnType<typeof startHost>} running
 */
async function upAfter(running) {
  while (!running.output().stderr.includes('Running on')) {
    if (running.isGone()) return undefined;
    await sleep(20);
  }
  return running.age();
}

async function startDynamoDB() {
  const started = start([script('kills/dynamodb.js'), join(home, 'data'), String(port)], {});
  while (!started.output().stdout.includes('http')) {
    if (started.isGone()) throw new Error(`DynamoDB Local does not start.\n${started.output().stderr}`);
    await sleep(50);
  }
  return started;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** @param {number | undefined} milliseconds */
function inSeconds(milliseconds) {
  return milliseconds === undefined ? 'never' : `${(milliseconds / 1000).toFixed(1)} s`;
}
