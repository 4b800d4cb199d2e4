/** Questions to a person at a terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './errors.js';

export interface AskOptions {
  /** What is typed is not shown. */
  readonly isHidden?: boolean;
  /** Ends the question; it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Resolves with what was typed, without blanks around it. */
export type Ask = (question: string, options: AskOptions) => Promise<string>;

/** Asks on the given streams, one question at a time. Throws a UsageError where the input ends. */
export function openTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Ask {
  return async (question, { isHidden = false, signal }) => {
    output.write(question);
    const shown = new Writable({
      write: (chunk, _encoding, done) => {
        if (!isHidden) output.write(chunk);
        done();
      },
    });
    const lines = createInterface({ input, output: shown, terminal: true });
    const ended = new Promise<never>((_, reject) => {
      lines.once('close', () => reject(new UsageError('The input ended before every question was answered.')));
    });
    // In raw mode the terminal sends Ctrl-C as a character; it is to mean what it always means.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      return (await Promise.race([lines.question('', { signal }), ended])).trim();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      ended.catch(() => {});
      lines.close();
      if (isHidden) output.write('\n');
    }
  };
}

const inputBytesMax = 65_536;

/** Reads standard input to its end. Throws a UsageError beyond 64 kB. */
export async function readInput(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > inputBytesMax) throw new UsageError(`Standard input has more than ${inputBytesMax} bytes.`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
