import { Command, InvalidArgumentError } from 'commander';
import { BUNDLES } from './bundles/results.js';
import { consumerRows } from './consumers/consumer-rows.js';
import type { ConsumerRow } from './consumers/row.js';
import { type Row, rows } from './rows.js';

export interface Options {
  readonly json: boolean;
  readonly rows: readonly Row[];
  readonly consumerRows: readonly ConsumerRow[];
  /** Whether the bundles of the order service are measured. */
  readonly bundles: boolean;
  readonly rounds: number;
}

const DEFAULT_ROUNDS = 31;
const allNames = [...[...rows, ...consumerRows].map(({ name }) => name), BUNDLES];

/** Reads the command line; ends the process for `--help` and for what it cannot read. */
export function parseArguments(argv: readonly string[]): Options {
  const names = allNames.join(', ');
  const command = new Command('bench')
    .description(
      'Compares Everfold with the raw SDK, Castore and event-store-adapter-js on one DynamoDB Local:\n' +
        'wall time, CPU time, requests, read and write units. Takes some five minutes.',
    )
    .option('--json', 'print one JSON object a line, for each row and system')
    .option('--rows <names>', `measure some rows only, such as append-1,load-1000; there are ${names}`, toNames)
    .option('--rounds <number>', 'rounds to take the median of', toRounds, DEFAULT_ROUNDS)
    .addHelpText(
      'after',
      '\nDynamoDB Local: DYNAMODB_ENDPOINT, or else Docker, or else Java. EVERFOLD_DYNAMODB=java forces one.',
    );
  const parsed = command.parse([...argv]).opts<{ json?: boolean; rows?: readonly string[]; rounds: number }>();
  const { json = false, rows: chosen = allNames, rounds } = parsed;
  return {
    json,
    rows: pick(rows, chosen),
    consumerRows: pick(consumerRows, chosen),
    bundles: chosen.includes(BUNDLES),
    rounds,
  };
}

/** Those of the rows that were named, in the order of their names. */
function pick<TRow extends { readonly name: string }>(from: readonly TRow[], names: readonly string[]): TRow[] {
  return names.flatMap((name) => from.filter((row) => row.name === name));
}

function toNames(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    if (!allNames.includes(name)) throw new InvalidArgumentError(`There is no row "${name}".`);
    return name;
  });
}

function toRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return rounds;
}
