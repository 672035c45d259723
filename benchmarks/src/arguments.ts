import { Command, InvalidArgumentError } from 'commander';
import { type Row, rows } from './rows.js';

export interface Options {
  readonly json: boolean;
  readonly rows: readonly Row[];
  readonly rounds: number;
}

const DEFAULT_ROUNDS = 31;

/** Reads the command line; ends the process for `--help` and for what it cannot read. */
export function parseArguments(argv: readonly string[]): Options {
  const names = rows.map(({ name }) => name).join(', ');
  const command = new Command('bench')
    .description(
      'Compares Everfold with the raw SDK, Castore and event-store-adapter-js on one DynamoDB Local:\n' +
        'wall time, CPU time, requests, read and write units. Takes some four minutes.',
    )
    .option('--json', 'print one JSON object a line, for each row and system')
    .option('--rows <names>', `measure some rows only, such as append-1,load-1000; there are ${names}`, toRows)
    .option('--rounds <number>', 'rounds to take the median of', toRounds, DEFAULT_ROUNDS)
    .addHelpText(
      'after',
      '\nDynamoDB Local: DYNAMODB_ENDPOINT, or else Docker, or else Java. EVERFOLD_DYNAMODB=java forces one.',
    );
  const { json = false, rows: chosen = rows, rounds } = command.parse([...argv]).opts<Partial<Options>>();
  return { json, rows: chosen, rounds: rounds ?? DEFAULT_ROUNDS };
}

function toRows(names: string): readonly Row[] {
  return names.split(',').map((name) => {
    const row = rows.find((one) => one.name === name.trim());
    if (row === undefined) throw new InvalidArgumentError(`There is no row "${name}".`);
    return row;
  });
}

function toRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return rounds;
}
