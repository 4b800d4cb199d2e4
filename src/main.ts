#!/usr/bin/env node
import { runProgram } from './cli/program.js';
import { keepHeapSmall } from './lib/heap.js';

const signalStatus = { SIGINT: 130, SIGTERM: 143 } as const;
/** What still runs after this long is cut off: a container's runtime would kill the process soon anyway. */
const stopMsMax = 9_000;

keepHeapSmall();
const stopping = new AbortController();
let stoppedBy: keyof typeof signalStatus | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal means now.
    if (stoppedBy !== undefined) process.exit(signalStatus[signal]);
    stoppedBy = signal;
    stopping.abort(new Error(`Stopped by ${signal}`));
    setTimeout(() => process.exit(signalStatus[signal]), stopMsMax).unref();
  });
}

// A reader that closes the pipe early (head, less) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const status = await runProgram(process.argv.slice(2), {
  directory: process.cwd(),
  now: () => new Date(),
  signal: stopping.signal,
  print: (text) => void process.stdout.write(`${text}\n`),
  isTerminal: process.stderr.isTTY === true,
});
// Everything was closed by the command; exiting here keeps a forgotten timer of a library from holding the process.
process.exitCode = stoppedBy === undefined ? status : signalStatus[stoppedBy];
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit();
