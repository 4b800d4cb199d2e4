import type { Environment } from '../../config/config.js';
import { type Sleep, sleepFor } from '../../lib/abort.js';
import type { Log } from '../../lib/log.js';
import type { Ask } from '../../lib/terminal.js';
import type { SilenceLimits } from '../../postgres/connection/silence.js';

/** Waits between attempts. A test passes its own, so that it does not wait. */
export interface Timing {
  /** Rejects with the signal's reason when that aborts first. */
  readonly sleep: Sleep;
  /** In [0, 1): the share of the longest delay that is taken. */
  readonly random: () => number;
}

const realTiming: Timing = { sleep: sleepFor, random: Math.random };

/** Returns the timing of this run: real time unless the caller brought its own. */
export function timingOf({ timing = realTiming }: Pick<CommandContext, 'timing'>): Timing {
  return timing;
}

/** Holds the edges of the process, which `main` passes to every command, so that a test can run a command as well. */
export interface CommandContext {
  readonly environment: Environment;
  /** Holds `.env` and, for the embedded Postgres, `.genesys-warehouse/`. */
  readonly directory: string;
  /** Another home for the embedded Postgres. */
  readonly embeddedDirectory?: string;
  readonly now: () => Date;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly createLog: (level: string, secrets: readonly string[]) => Log;
  /** Data only. */
  readonly print: (text: string) => void;
  /** True where a person watches standard error. */
  readonly isTerminal: boolean;
  /** The most that the scheduler waits before a tick's work; less where the clock runs faster than the machine's. */
  readonly tickDelayMsMax?: number;
  /** Tolerance between `now` and the API's time; larger where the clock runs faster than the machine's. */
  readonly clockToleranceMs?: number;
  /** Limits after which a database counts as silent; within half a minute unless given. */
  readonly silence?: SilenceLimits;
  /** Age up to which the service port shows figures of the database again; ten seconds unless given. */
  readonly figuresKeptMs?: number;
  /** Real time unless given. */
  readonly timing?: Timing;
  /** Words that start this program the way it was started; see `programCall`. */
  readonly call?: string;
  /** Asks the person at the terminal; absent where nobody is there. */
  readonly ask?: Ask;
  /** Reads standard input to its end. */
  readonly readInput?: () => Promise<string>;
}

/** Returns the words that start this program, for commands that are printed to be copied. */
export function callOf({ call = 'genesys-warehouse' }: Pick<CommandContext, 'call'>): string {
  return call;
}

/** A command's answer is its exit status. */
export type Command = (context: CommandContext) => Promise<number>;

export const exitDone = 0;
export const exitFailure = 1;
export const exitUsage = 2;
