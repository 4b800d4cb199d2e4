#!/usr/bin/env node
import { limitHeap } from './lib/heap.js';
import { createLog } from './lib/log.js';
import { describeSystemError } from './lib/system-errors.js';
import { openTerminal, readInput } from './lib/terminal.js';

/** By convention 128 and the number of the signal. A closed terminal (SIGHUP) ends a run as cleanly as a supervisor does. */
const signalStatus = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof signalStatus;
/** Limits the time to stop; a container's runtime would kill the process soon after anyway. */
const stopMsMax = 9_000;
const failureStatus = 1;

limitHeap();
const stopping = new AbortController();
let stoppedBy: Signal | undefined;
let outputFault: Error | undefined;

for (const signal of Object.keys(signalStatus) as Signal[]) {
  process.on(signal, () => {
    // A second signal means now; but a terminal that closes may send SIGHUP more than once.
    if (stoppedBy !== undefined && signal !== 'SIGHUP') process.exit(signalStatus[signal]);
    stoppedBy ??= signal;
    stopping.abort(new Error(`Stopped by ${signal}`));
    setTimeout(() => process.exit(signalStatus[signal]), stopMsMax).unref();
  });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closes the pipe early (head, less) is not an error.
  if (error.code === 'EPIPE') process.exit(0);
  outputFault ??= error;
  stopping.abort(error);
});
// Errors of standard error itself, such as a closed terminal, cannot be reported anywhere.
process.stderr.on('error', () => {});

/** Loaded here rather than by an import above, so that a machine on which files cannot be opened gets a sentence, too. */
async function runMain(): Promise<number> {
  let program: typeof import('./cli/program.js');
  try {
    program = await import('./cli/program.js');
  } catch (error) {
    const known = describeSystemError(error);
    const missing = `${(error as Error).message}. Reinstall it, or raise the limit of open files (ulimit -n 1024).`;
    report(`The program cannot be loaded. ${known ?? missing}`);
    return failureStatus;
  }
  return program.runProgram(process.argv.slice(2), {
    directory: process.cwd(),
    script: process.argv[1] ?? '',
    now: () => new Date(),
    signal: stopping.signal,
    print: (text) => void process.stdout.write(`${text}\n`),
    isTerminal: process.stderr.isTTY === true,
    readInput: () => readInput(process.stdin),
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true
      ? { ask: openTerminal(process.stdin, process.stderr) }
      : {}),
  });
}

function report(sentence: string): void {
  createLog({ level: 'error' }).error(sentence);
}

const status = await runMain();
await new Promise((resolve) => process.stdout.write('', resolve));
if (outputFault !== undefined)
  report(`Standard output cannot be written. ${describeSystemError(outputFault) ?? outputFault.message}`);
const failedStatus = outputFault === undefined ? status : failureStatus;
process.exitCode = stoppedBy === undefined ? failedStatus : signalStatus[stoppedBy];
// Everything was closed by the command; exiting here keeps a forgotten timer of a library from holding the process.
process.exit();
