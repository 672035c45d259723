// Runs a command and shows what it printed only if it failed: node scripts/quietly.js turbo run build
import { run } from './command.js';

const { failed, output } = await run(process.argv.slice(2).join(' '));
if (failed) {
  process.stderr.write(output);
  process.exitCode = 1;
}
