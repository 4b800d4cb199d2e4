import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/lib/interval.js';
import type { Random } from './random.js';
import type { Pace } from './throttle.js';

/** Time of a process' clock, and where it jumps to. */
export interface ProcessClock {
  readonly orgMs: number;
  readonly machineMs: number;
  readonly factor: number;
  readonly skewMs?: number;
  readonly jumpAfterMs?: number;
  readonly jumpMs?: number;
}

/** End of a process: of its own accord, or killed. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

export interface Process {
  /** Instant at which the program is loaded, which takes the longer the busier the machine is. */
  readonly up: Promise<void>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

function ownEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, CHAOS_PROGRAM } = process.env;
  return { PATH, HOME, ...(CHAOS_PROGRAM && { CHAOS_PROGRAM }) };
}

const script = fileURLToPath(new URL('./program-storm.mjs', import.meta.url));
const directory = fileURLToPath(new URL('../../', import.meta.url));
const errorCharactersMax = 200_000;

/** The built program in a process of its own. */
export function startProgram(
  args: readonly string[],
  clock: ProcessClock,
  environment: Readonly<Record<string, string>>,
): Process {
  const child = spawn(process.execPath, [script, JSON.stringify(clock), ...args], {
    cwd: directory,
    env: { ...ownEnvironment(), ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    // The end says why it ended; what comes before it may be a library's whole source.
    errors = (errors + chunk).slice(-errorCharactersMax);
  });
  return {
    kill: (signal) => void child.kill(signal),
    up: new Promise((resolve) => void child.stdio[3]?.once('data', () => resolve())),
    ended: new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, errors }))),
  };
}

/** One life of a process, as the dice have it. */
export interface Life {
  readonly args: readonly string[];
  readonly killAfterMs: number;
  /** Counted from when the program is loaded, else from the start of the process. */
  readonly isKilledLoaded: boolean;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly clock: Pick<ProcessClock, 'skewMs' | 'jumpAfterMs' | 'jumpMs'>;
}

const streams = ['conversation_history', 'conversations', 'queue_aggregates', 'user_details', 'user_aggregates'];
const clockSteps = [-26 * hourMs, -hourMs, -3 * minuteMs, 3 * minuteMs, hourMs, 26 * hourMs, 40 * dayMs];
const skewedShare = 0.15;
const stoppedShare = 0.05;
const loadedShare = 0.9;
const loadMsMax = 30_000;
const killMs = { min: 200, max: 4_000 };
const runMs = { min: 2_000, max: 8_000 };
const rangeDaysMax = 3;

/** `orgMs`: the organisation's time; `firstMs`: how far back its history is asked for. */
export function drawLife(random: Random, orgMs: number, firstMs: number): Life {
  const roll = random.next();
  const isRun = roll >= 0.8 && roll < 0.97;
  const { min, max } = isRun ? runMs : killMs;
  return {
    args: argsOf(random, roll, orgMs, firstMs),
    killAfterMs: random.whole(min, max),
    isKilledLoaded: random.chance(loadedShare),
    signal: random.chance(stoppedShare) ? 'SIGTERM' : 'SIGKILL',
    clock: drawClock(random),
  };
}

function argsOf(random: Random, roll: number, orgMs: number, firstMs: number): string[] {
  if (roll < 0.45) return ['sync'];
  if (roll < 0.8) return backfillArgs(random, orgMs, firstMs);
  return roll < 0.97 ? ['run', '--schedule', '* * * * * *'] : ['retry'];
}

function backfillArgs(random: Random, orgMs: number, firstMs: number): string[] {
  const days = Math.floor((orgMs - firstMs) / dayMs);
  const first = random.whole(0, Math.max(0, days - 1));
  const day = (number: number) => new Date(firstMs + number * dayMs).toISOString();
  const stream = random.chance(0.7) ? ['--stream', random.pick(streams)] : [];
  return ['backfill', '--from', day(first), '--to', day(first + random.whole(1, rangeDaysMax)), '--force', ...stream];
}

function drawClock(random: Random): Life['clock'] {
  if (!random.chance(skewedShare)) return {};
  const stepMs = random.pick(clockSteps);
  return random.chance(0.5)
    ? { skewMs: stepMs }
    : { jumpMs: stepMs, jumpAfterMs: random.whole(secondMs / 2, 3 * secondMs) };
}

/** Waits for the end of a process that is killed when its time is over; a signal that it does not obey in time is followed by SIGKILL. */
export async function live(child: Process, life: Life, pace: Pace): Promise<Ended> {
  const startedMs = performance.now();
  void child.up.then(() => pace.observe(performance.now() - startedMs));
  if (life.isKilledLoaded) await Promise.race([child.up, child.ended, pause(loadMsMax, undefined, { ref: false })]);
  const killAfterMs = life.killAfterMs * pace.factor;
  const graceMs = 10 * secondMs;
  const killing = setTimeout(() => child.kill(life.signal), killAfterMs);
  const forcing = setTimeout(() => child.kill('SIGKILL'), killAfterMs + graceMs);
  try {
    return await child.ended;
  } finally {
    clearTimeout(killing);
    clearTimeout(forcing);
  }
}

/** Returns true for an exit without a sentence for a person. A stack means that the program did not expect the error. */
export function isMisbehaviour({ status, signal, errors }: Ended): boolean {
  if (/UnhandledPromise|Uncaught|TypeError|ReferenceError|RangeError|"stack":/.test(errors)) return true;
  return signal === null && ![0, 1, 2].includes(status ?? -1);
}
