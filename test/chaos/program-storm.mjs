// Runs the built program in its own process on the storm's clock: the organisation's time, which runs faster than the machine's and jumps
// where configured. First argument: {"orgMs", "machineMs", "factor", "skewMs", "jumpAfterMs", "jumpMs"}.

import { closeSync, writeSync } from 'node:fs';
import { limitHeap } from '../../dist/lib/heap.js';

const [clockText, ...args] = process.argv.slice(2);
const {
  orgMs,
  machineMs,
  factor,
  skewMs = 0,
  jumpAfterMs = Number.POSITIVE_INFINITY,
  jumpMs = 0,
} = JSON.parse(clockText);
limitHeap();
// CHAOS_PROGRAM: the same program bundled into one file, which starts three times faster.
const { runProgram } = await import(process.env.CHAOS_PROGRAM ?? '../../dist/cli/program.js');
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort(new Error('SIGTERM')));

function now() {
  const elapsedMs = Date.now() - machineMs;
  return new Date(orgMs + elapsedMs * factor + skewMs + (elapsedMs >= jumpAfterMs ? jumpMs : 0));
}

// Loading is over: from here on, what a kill interrupts is work.
writeSync(3, 'up');
closeSync(3);
process.exitCode = await runProgram(args, {
  directory: process.cwd(),
  now,
  signal: stopping.signal,
  print: (text) => void process.stdout.write(`${text}\n`),
  isTerminal: false,
});
process.exit();
