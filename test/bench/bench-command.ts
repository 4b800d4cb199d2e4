import { runProgram } from '../../src/cli/program.js';
import { directory } from './bench-server.js';

/** Runs a command in this process with a frozen clock. Throws with its log where it fails. */
export async function runCommandLine(
  args: readonly string[],
  now: Date,
  environment: Record<string, string>,
): Promise<void> {
  const lines: string[] = [];
  const status = await runProgram(args, {
    directory,
    now: () => now,
    signal: new AbortController().signal,
    print: (text) => lines.push(text),
    isTerminal: false,
    environment,
    writeLog: (line) => lines.push(line),
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${lines.slice(-5).join('\n')}`);
}
