import type { Environment } from '../../config/config.js';
import { type Sleep, sleepFor } from '../../lib/abort.js';
import type { Log } from '../../lib/log.js';
import type { Ask } from '../../lib/terminal.js';
import type { SilenceLimits } from '../../postgres/connection/silence.js';

/** Waits between attempts. A test passes its own, so that it does not wait. */
export interface Timing {
  /** Rejects with the signal's reason when that aborts first. */
  readonly sleep: Sleep;
  /** Returns a number in [0, 1): the fraction of the longest delay to use. */
  readonly random: () => number;
}

const realTiming: Timing = { sleep: sleepFor, random: Math.random };

/** Returns the timing of this run: real time unless the caller passed its own. */
export function timingOf({ timing = realTiming }: Pick<CommandContext, 'timing'>): Timing {
  return timing;
}

/** Holds what `main` takes from the process and passes to every command, so that a test can run a command as well. */
export interface CommandContext {
  readonly environment: Environment;
  /** Directory of `.env` and of `.genesys-warehouse/`, the embedded Postgres. */
  readonly directory: string;
  /** Other directory for the embedded Postgres. */
  readonly embeddedDirectory?: string;
  readonly now: () => Date;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly createLog: (level: string, secrets: readonly string[]) => Log;
  /** Writes data to standard output. */
  readonly print: (text: string) => void;
  /** True where a person watches standard error. */
  readonly isTerminal: boolean;
  /** Longest wait of the scheduler before a tick's work; less where the clock runs faster than the machine's. */
  readonly tickDelayMsMax?: number;
  /** Tolerance between `now` and the API's time; larger where the clock runs faster than the machine's. */
  readonly clockToleranceMs?: number;
  /** Limits after which a database counts as silent; less than half a minute by default. */
  readonly silence?: SilenceLimits;
  /** Age up to which the service port reuses figures read from the database; ten seconds by default. */
  readonly figuresKeptMs?: number;
  /** Real time unless given. */
  readonly timing?: Timing;
  /** Command that starts this program the way it was started; see `programCall`. */
  readonly call?: string;
  /** Asks the person at the terminal; absent without a terminal. */
  readonly ask?: Ask;
  /** Reads standard input to its end. */
  readonly readInput?: () => Promise<string>;
}

/** Returns the command that starts this program, for commands that are printed to be copied. */
export function callOf({ call = 'genesys-warehouse' }: Pick<CommandContext, 'call'>): string {
  return call;
}

/** Runs a command and resolves with its exit status. */
export type Command = (context: CommandContext) => Promise<number>;

export const exitDone = 0;
export const exitFailure = 1;
export const exitUsage = 2;
