import { isEverfoldError } from '@everfold/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { STAFF_SCOPE } from '../http/caller.js';
import { runLocally } from '../world/run-locally.js';
import { placeDemoOrders } from './demo-orders.js';
import { bold, dim, indent, print, red, seconds } from './text.js';
import { Timeline } from './timeline.js';

const EXAMPLE_BODY = JSON.stringify({
  orderId: 'my-first',
  lines: [{ productId: 'lamp', units: 1 }],
  amountCents: 4990,
  postcode: '01310-100',
});

const program = new Command('npm start --')
  .description('Runs the order service on this machine, places a few orders, and serves its HTTP API.')
  .addOption(new Option('--port <number>', 'port of the HTTP API').env('PORT').default(3000).argParser(parsePort))
  .option('--exit', 'stop after the orders')
  .action(start);

await program.parseAsync().catch((error: unknown) => {
  if (!isEverfoldError(error)) throw error;
  process.stderr.write(`${red('Cannot start.')} ${error.message}\n`);
  process.exitCode = 1;
});

async function start({ port, exit = false }: { readonly port: number; readonly exit?: boolean }): Promise<void> {
  const begin = performance.now();
  const timeline = new Timeline();
  const service = await runLocally({ onCommit: (commit) => timeline.show(commit) });
  try {
    const [backend, ...remarks] = service.description;
    print(`${bold('Everfold order service')} on ${backend} ${dim(`(up in ${seconds(performance.now() - begin)})`)}`);
    for (const remark of remarks) print(dim(indent(remark)));
    print();

    // A port that is taken is said before anything is placed.
    const { tokenFor } = service.issuer;
    const server = exit ? undefined : await service.host.listen({ port });
    await placeDemoOrders(service, timeline);
    if (server === undefined) return;

    print(`Listening on ${bold(server.url)} ${dim('(Ctrl-C ends it)')}. Be a customer:\n`);
    print(`  YOU=$(curl -s '${tokenFor('you')}')`);
    print(`  curl -s ${server.url}/orders -H "authorization: $YOU" -H 'content-type: application/json' \\`);
    print(`    -d '${EXAMPLE_BODY}'`);
    print(`  curl -s ${server.url}/orders/my-first -H "authorization: $YOU"`);
    print(`  npx wscat -c "${server.url.replace('http', 'ws')}/?token=$YOU" ${dim('# hears of changes')}\n`);
    print('Or work here:\n');
    print(`  STAFF=$(curl -s '${tokenFor('ann', STAFF_SCOPE)}')`);
    print(`  curl -s '${server.url}/orders?status=cancelled' -H "authorization: $STAFF"`);
    print(`  curl -s ${server.url}/revenue -H "authorization: $STAFF"\n`);
    await interrupted();
  } finally {
    await service.stop();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return port;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
