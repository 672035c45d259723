// Explores everything that can happen to a run of the order service's saga, to one with two branches that are joined, and to one in
// which another service has a part; then removes one guard after another, to see that each is found missing:   npm run verify:saga [-- --json]
import { parseArgs } from 'node:util';
import { contractSaga, exploreSaga, fanOutSaga, formatTrace, GUARDS } from '../packages/saga/dist/model/index.js';
import { fulfilment } from '../samples/order-service/dist/fulfilment.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const explored = [fulfilment, fanOutSaga, contractSaga].map((saga) => ({ saga, ...timed(() => exploreSaga(saga)) }));
const guards = GUARDS.map((guard) => ({ guard, ...exploreWithout(guard) }));

table(
  ['saga', 'states', 'transitions', 'seconds', 'violations'],
  explored.map(({ saga, states, transitions, seconds, violation }) => [
    saga.name,
    states.toLocaleString('en'),
    transitions.toLocaleString('en'),
    seconds.toFixed(1),
    violation ? 1 : 0,
  ]),
);
table(
  ['without the', 'caught', 'steps', 'in', 'states'],
  guards.map(({ guard, saga, states, violation }) => [
    guard,
    violation ? 'yes' : 'NO',
    violation?.trace.length ?? '-',
    saga.name,
    states.toLocaleString('en'),
  ]),
);
for (const { saga, violation } of explored) {
  if (violation) console.log(`${saga.name} breaks:\n${formatTrace(violation)}\n`);
}
for (const { guard, saga, violation } of guards) {
  if (violation) console.log(`${saga.name} without the ${guard}:\n${formatTrace(violation)}\n`);
}

const violations = explored.filter(({ violation }) => violation).length;
const isUncaught = guards.some(({ violation }) => violation === undefined);
process.exitCode = violations > 0 || isUncaught ? 1 : 0;

if (values.json) {
  const sum = (/** @type {readonly number[]} */ numbers) => numbers.reduce((total, each) => total + each, 0);
  console.log(
    JSON.stringify({
      states: sum(explored.map(({ states }) => states)),
      seconds: Number(sum(explored.map(({ seconds }) => seconds)).toFixed(3)),
      violations,
      guards: guards.map(({ guard, violation }) => ({
        guard,
        caught: violation !== undefined,
        steps: violation?.trace.length ?? 0,
      })),
    }),
  );
}

/**
 * In the order service's saga; where that can do without the guard, in the first of the others that cannot.
 *
 * @param {(typeof GUARDS)[number]} without
 */
function exploreWithout(without) {
  for (const saga of [fulfilment, fanOutSaga]) {
    const found = { saga, ...exploreSaga(saga, { without }) };
    if (found.violation) return found;
  }
  return { saga: contractSaga, ...exploreSaga(contractSaga, { without }) };
}

/**
 * @template TResult
 * @param {() => TResult} act
 */
function timed(act) {
  const begin = performance.now();
  const result = act();
  return { ...result, seconds: (performance.now() - begin) / 1000 };
}

/**
 * Prints rows in aligned columns: words to the left, numbers to the right.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d.,-]+$/.test(String(row[column]))));
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
  console.log();
}
