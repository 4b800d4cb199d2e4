// Runs the built program in a process of its own with the clock standing at the first argument, as a test's sandbox has it.
import { runProgram } from '../../dist/commands/program.js';
import { keepHeapSmall } from '../../dist/heap.js';

const [now, ...args] = process.argv.slice(2);
keepHeapSmall();
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort(new Error('SIGTERM')));
process.exitCode = await runProgram(args, {
  directory: process.cwd(),
  now: () => new Date(now),
  signal: stopping.signal,
  print: (text) => void process.stdout.write(`${text}\n`),
  isTerminal: false,
});
process.exit();
