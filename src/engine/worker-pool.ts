import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { asError, UsageError } from '../lib/errors.js';
import { dayMs, formatInterval, type Interval, plus, secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { withLogContext } from '../lib/log-context.js';
import type { ClaimOptions, HeldSlices, Ledger, SliceClaim, Stream, StreamContext } from '../model/extraction.js';
import { StreamTurns } from './fair-order.js';
import { extractSlice, type SliceResult } from './pull-slice.js';

/** A run stops claiming after this many slices; what is left stays due for the next tick. */
const slicesMax = 1_000_000;
/** Limits the age of live slices, which go before all that are older, because somebody waits for them. */
const liveMs = dayMs;
/** Plans again this often during a long drain. */
const replanIntervalMs = 30 * secondMs;
const liveLookMs = 5 * secondMs;

export interface SyncContext {
  readonly ledger: Ledger;
  readonly streams: readonly Stream[];
  /** How far back the first planning of a stream may reach. */
  readonly start: Date;
  readonly concurrency: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly openConversationIds: StreamContext['openConversationIds'];
  readonly userIds: StreamContext['userIds'];
  readonly onSlice?: (report: SliceReport) => void;
}

export interface SliceReport {
  readonly stream: string;
  readonly interval: Interval;
  readonly result: SliceResult;
}

export interface SyncSummary {
  readonly slices: number;
  readonly pages: number;
  readonly records: number;
  readonly changedRecords: number;
  readonly deadLetters: number;
  /** Slices that failed, with their error: exit status 1. */
  readonly failures: readonly SliceReport[];
  /** Slices that stay pending because their data is not available yet. */
  readonly deferred: readonly SliceReport[];
  /** Due slices that other processes hold. */
  readonly held: readonly HeldSlices[];
}

export type DrainOptions = Pick<ClaimOptions, 'retryFailedBefore' | 'within'> & {
  /** Plans the slices that became necessary since, so that live work does not wait for the end of a long backfill. */
  readonly replan?: () => Promise<void>;
};

/**
 * Works off everything due, `concurrency` slices at a time, until nothing is left that could be claimed. Live slices go first; beside them
 * the streams take turns. One more slice, live only, may be in flight, so that slices that take long never hold up what is live.
 */
export async function drain(
  context: SyncContext,
  streams: readonly Stream[],
  options: DrainOptions,
): Promise<SyncSummary> {
  const state = new DrainState(context, streams, options);
  const workers = Array.from({ length: context.concurrency }, () => state.work());
  const ended = await Promise.allSettled([...workers, state.workLive()]);
  const broken = ended.find((worker) => worker.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  // A run that was stopped leaves due slices anyway.
  const isOver = context.signal.aborted;
  const names = streams.map((stream) => stream.name);
  return { ...state.summary(), held: isOver ? [] : await context.ledger.held(names, context.now()) };
}

class DrainState {
  readonly #context: SyncContext;
  readonly #byName: Map<string, Stream>;
  readonly #options: DrainOptions;
  readonly #turns: StreamTurns;
  readonly #unavailable = new Set<string>();
  readonly #reports: SliceReport[] = [];
  readonly #totals = { slices: 0, pages: 0, records: 0, changedRecords: 0, deadLetters: 0 };
  /** Claims are made one after the other, so that each knows what the one before it took. */
  readonly #claiming = pLimit(1);
  readonly #over = new AbortController();
  #working = 0;
  #broken = false;
  #plannedAt = performance.now();

  constructor(context: SyncContext, streams: readonly Stream[], options: DrainOptions) {
    this.#context = context;
    this.#byName = new Map(streams.map((stream) => [stream.name, stream]));
    this.#turns = new StreamTurns(this.#byName.keys());
    this.#options = options;
  }

  async work(): Promise<void> {
    this.#working += 1;
    try {
      while (this.#shouldContinue() && (await this.#workOne(false)));
    } finally {
      this.#working -= 1;
      if (this.#working === 0) this.#over.abort();
    }
  }

  /** Waits for what becomes live while the others are at work; what its own last slice was cut into is its own to finish. */
  async workLive(): Promise<void> {
    while (this.#shouldContinue()) {
      const isAlone = this.#over.signal.aborted;
      if (await this.#workOne(!isAlone)) continue;
      if (isAlone) return;
      await pause(liveLookMs, undefined, { signal: this.#over.signal }).catch(() => {});
    }
  }

  #shouldContinue(): boolean {
    return !this.#context.signal.aborted && !this.#broken && this.#totals.slices < slicesMax;
  }

  /** False when there was nothing to claim. */
  async #workOne(isLiveOnly: boolean): Promise<boolean> {
    const claim = await this.#claiming(() => this.#claim(isLiveOnly));
    if (claim === null) return false;
    try {
      await this.#extract(claim);
    } catch (error) {
      // The database failed, not a slice: the other workers would only meet the same.
      this.#broken = true;
      if (error instanceof UsageError) throw error;
      const { stream, interval } = claim.slice;
      throw new Error(`${stream} ${formatInterval(interval)} could not be stored: ${asError(error).message}`, {
        cause: error,
      });
    } finally {
      this.#turns.end(claim.slice.stream);
      await claim.release();
    }
    return true;
  }

  async #claim(isLiveOnly: boolean): Promise<SliceClaim | null> {
    const { ledger, signal } = this.#context;
    if (signal.aborted) return null;
    await this.#replan();
    // A stream that this organisation has no right to is asked once a run, not once a slice.
    const streams = this.#turns.order().filter((name) => !this.#unavailable.has(name));
    if (streams.length === 0) return null;
    const { retryFailedBefore, within } = this.#options;
    const now = this.#context.now();
    const claim = await ledger.claim({
      streams,
      now,
      liveAfter: plus(now, -liveMs),
      isLiveOnly,
      ...(retryFailedBefore !== undefined && { retryFailedBefore }),
      ...(within !== undefined && { within }),
    });
    if (claim !== null) this.#turns.begin(claim.slice.stream);
    return claim;
  }

  async #replan(): Promise<void> {
    if (this.#options.replan === undefined || performance.now() - this.#plannedAt < replanIntervalMs) return;
    this.#plannedAt = performance.now();
    await this.#options.replan();
  }

  async #extract(claim: SliceClaim): Promise<void> {
    const { slice } = claim;
    const stream = this.#byName.get(slice.stream);
    if (stream === undefined) throw new Error(`The ledger gave a slice of ${slice.stream}, which was not asked for`);
    // Lines of the API client that are written meanwhile carry the slice, too.
    await withLogContext({ stream: slice.stream, slice: slice.sliceId }, async () => {
      const result = await extractSlice(claim, stream, this.#context);
      this.#record({ stream: slice.stream, interval: slice.interval, result });
    });
  }

  #record(report: SliceReport): void {
    const { result } = report;
    this.#totals.slices += result.outcome === 'done' ? 1 : 0;
    this.#totals.pages += result.pages;
    this.#totals.records += result.records;
    this.#totals.changedRecords += result.changedRecords;
    this.#totals.deadLetters += result.deadLetters;
    if (result.outcome === 'unavailable') this.#unavailable.add(report.stream);
    if (result.outcome !== 'done' && result.outcome !== 'aborted') this.#reports.push(report);
    logSlice(report, this.#context.log);
    this.#context.onSlice?.(report);
  }

  summary(): Omit<SyncSummary, 'held'> {
    const failures = this.#reports.filter(({ result }) => ['failed', 'unavailable'].includes(result.outcome));
    const deferred = this.#reports.filter(({ result }) => result.outcome === 'deferred');
    return { ...this.#totals, failures, deferred };
  }
}

function logSlice({ interval, result }: SliceReport, log: Log): void {
  const facts = {
    interval: formatInterval(interval),
    pages: result.pages,
    records: result.records,
    changed: result.changedRecords,
    ...(result.message === undefined ? {} : { reason: result.message }),
  };
  if (result.outcome === 'failed' || result.outcome === 'unavailable') log.error(facts, `Slice ${result.outcome}`);
  else if (result.outcome === 'done') log.debug(facts, 'Slice done');
  else log.info(facts, `Slice ${result.outcome}`);
}
