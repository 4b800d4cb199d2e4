import type { SliceReport } from '../../engine/sync.js';
import { ApiError, asError, type OutageError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { ErrorFact, OutageFact, PulledFigures, RunFigures } from '../../service/metrics-catalog.js';

/**
 * More than the longest statement and the longest wait for the API together: a process without
 * progress for this long hangs.
 */
const stuckMsMax = 20 * minuteMs;
/** A tick that is this late will not come. */
const lateMsMax = 5 * minuteMs;

export type TickOutcome = 'done' | 'partly' | 'failed';

export interface RunStateOptions {
  readonly now: () => Date;
  /** Monotonic clock, in milliseconds. */
  readonly clockMs: () => number;
  /** Counter that grows with all work of this process; if it stops growing for long, the process hangs. */
  readonly activity: () => number;
}

type Pulled = { -readonly [K in keyof PulledFigures]: PulledFigures[K] } & { slices: Record<string, number> };

/** Tracks the state of this process since its start, as `/healthz` and `/metrics` show it. */
export class RunState {
  readonly #options: RunStateOptions;
  readonly #ticks: Record<TickOutcome, number> = { done: 0, partly: 0, failed: 0 };
  readonly #pulled = new Map<string, Pulled>();
  #tickBeganAt: Date | null = null;
  #tickEndedAt: Date | null = null;
  #tickBeganMs = 0;
  #tickMs: number | null = null;
  #isTicking = false;
  #isLoginRefused = false;
  #lastError: ErrorFact | null = null;
  #outage: OutageFact | null = null;
  #slices = 0;
  #seenActivity = 0;
  #seenActivityMs = 0;
  #nextTickMs = Number.POSITIVE_INFINITY;

  constructor(options: RunStateOptions) {
    this.#options = options;
  }

  tickBegan(): void {
    this.#isTicking = true;
    this.#tickBeganAt = this.#options.now();
    this.#tickBeganMs = this.#options.clockMs();
    this.#seenActivityMs = this.#tickBeganMs;
  }

  /** Records the end of a tick. `msToNext` is null when the schedule has no further tick. */
  tickEnded(outcome: TickOutcome, msToNext: number | null): void {
    this.#isTicking = false;
    this.#ticks[outcome] += 1;
    this.#tickEndedAt = this.#options.now();
    this.#tickMs = this.#options.clockMs() - this.#tickBeganMs;
    this.#nextTickMs = this.#options.clockMs() + (msToNext ?? Number.POSITIVE_INFINITY);
    if (outcome !== 'failed') this.#isLoginRefused = false;
  }

  failed(error: unknown, stream = ''): void {
    const { message, cause } = asError(error);
    this.#lastError = { at: this.#options.now(), stream, message };
    const api = [error, cause].find((candidate) => candidate instanceof ApiError);
    if (api?.facts.operation === 'login' && api.facts.outage !== 'away') this.#isLoginRefused = true;
  }

  /** Records a tick that had nothing to do. */
  tickSkipped(msToNext: number | null): void {
    this.#nextTickMs = this.#options.clockMs() + (msToNext ?? Number.POSITIVE_INFINITY);
  }

  outageBegan({ of, message }: OutageError): void {
    this.#outage = { of, since: this.#options.now(), reason: message };
  }

  /** Records the end of an outage and returns its start. */
  outageEnded(): Date | undefined {
    const since = this.#outage?.since;
    this.#outage = null;
    this.#isLoginRefused = false;
    return since;
  }

  get outage(): OutageFact | null {
    return this.#outage;
  }

  readonly onSlice = ({ stream, result }: SliceReport): void => {
    this.#slices += 1;
    const pulled = this.#pulledOf(stream);
    pulled.pages += result.pages;
    pulled.records += result.records;
    pulled.changedRecords += result.changedRecords;
    pulled.deadLetters += result.deadLetters;
    pulled.slices[result.outcome] = (pulled.slices[result.outcome] ?? 0) + 1;
    if (result.outcome === 'failed' || result.outcome === 'unavailable')
      this.#lastError = { at: this.#options.now(), stream, message: result.message ?? result.outcome };
  };

  /** Returns why this process has stopped working, or undefined. */
  livenessFault(): string | undefined {
    const nowMs = this.#options.clockMs();
    const activity = this.#options.activity() + this.#slices;
    if (activity !== this.#seenActivity) {
      this.#seenActivity = activity;
      this.#seenActivityMs = nowMs;
    }
    const idleMs = nowMs - this.#seenActivityMs;
    if (this.#isTicking && idleMs > stuckMsMax)
      return `The current tick has made no progress for ${Math.round(idleMs / secondMs)} s.`;
    const lateMs = nowMs - this.#nextTickMs;
    if (!this.#isTicking && lateMs > lateMsMax)
      return `The next tick is ${Math.round(lateMs / secondMs)} s late; the scheduler has stopped.`;
    return undefined;
  }

  get isLoginRefused(): boolean {
    return this.#isLoginRefused;
  }

  figures(): RunFigures {
    return {
      ticks: this.#ticks,
      isTicking: this.#isTicking,
      lastTickBeganAt: this.#tickBeganAt,
      lastTickEndedAt: this.#tickEndedAt,
      lastTickMs: this.#tickMs,
      pulled: this.#pulled,
      lastError: this.#lastError,
      outage: this.#outage,
    };
  }

  #pulledOf(stream: string): Pulled {
    const known = this.#pulled.get(stream) ?? { pages: 0, records: 0, changedRecords: 0, deadLetters: 0, slices: {} };
    this.#pulled.set(stream, known);
    return known;
  }
}
