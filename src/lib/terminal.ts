/** Asks questions of a person at a terminal. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './errors.js';

export interface AskOptions {
  /** Hides what is typed. */
  readonly isHidden?: boolean;
  /** Aborts the question, which then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Resolves with the trimmed answer. */
export type Ask = (question: string, options: AskOptions) => Promise<string>;

const linesMax = 100;

/**
 * Asks on the given streams. Lines that were typed or pasted before their question are kept for it
 * and not shown, because one of them may be a secret. Rejects with a UsageError where the input
 * ends.
 */
export function openTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Ask {
  let terminal: Terminal | undefined;
  return (question, options) => {
    terminal ??= new Terminal(input, output);
    return terminal.ask(question, options);
  };
}

class Terminal {
  readonly #output: NodeJS.WritableStream;
  readonly #lines: Interface;
  readonly #early: string[] = [];
  #isShown = false;
  #isEnded = false;
  #answer: ((line: string | Error) => void) | undefined;

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#output = output;
    const shown = new Writable({
      write: (chunk, _encoding, done) => {
        if (this.#isShown) output.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input, output: shown, terminal: true });
    this.#lines.on('line', (line) => this.#take(line));
    this.#lines.on('close', () => {
      this.#isEnded = true;
      this.#answer?.(new UsageError('The input ended before every question was answered.'));
    });
    // In raw mode the terminal sends Ctrl-C as a character; it must still interrupt the program.
    this.#lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  }

  async ask(question: string, { isHidden = false, signal }: AskOptions): Promise<string> {
    signal.throwIfAborted();
    this.#output.write(isHidden || this.#early.length > 0 ? question : '');
    const early = this.#early.shift();
    const line = early ?? (await this.#next(question, isHidden, signal));
    if (isHidden || early !== undefined) this.#output.write('\n');
    return line.trim();
  }

  #next(question: string, isHidden: boolean, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (line: string | Error) => {
        signal.removeEventListener('abort', abort);
        this.#answer = undefined;
        this.#isShown = false;
        if (line instanceof Error) reject(line);
        else resolve(line);
      };
      const abort = () => settle(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#answer = settle;
      if (this.#isEnded) return settle(new UsageError('The input ended before every question was answered.'));
      this.#isShown = !isHidden;
      this.#lines.setPrompt(isHidden ? '' : question);
      this.#lines.prompt();
    });
  }

  #take(line: string): void {
    if (this.#answer !== undefined) this.#answer(line);
    else if (this.#early.length < linesMax) this.#early.push(line);
  }
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
