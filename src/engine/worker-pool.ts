import { linkSignals, pause } from '../lib/abort.js';
import { asError, OutageError, UsageError } from '../lib/errors.js';
import { dayMs, formatInterval, type Interval, plus, secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { withLogContext } from '../lib/log-context.js';
import type { ClaimOptions, HeldSlices, Ledger, SliceClaim, Stream, StreamContext } from '../model/extraction.js';
import { StreamTurns } from './fair-order.js';
import { OpenSlices, type ReadAhead } from './open-slices.js';
import { extractSlice, type SliceResult } from './pull-slice.js';

/** A run stops claiming after this many slices; the rest stays due for the next tick. */
const slicesMax = 1_000_000;
/** Age limit of live slices, which go before all older ones because somebody is waiting for them. */
const liveMs = dayMs;
/** Interval of planning during a long drain. */
const replanIntervalMs = 30 * secondMs;
const liveLookMs = 5 * secondMs;
/** Interval of checking for room for another slice, which also appears when responses get slower. */
const roomLookMs = secondMs / 4;

export interface SyncContext {
  readonly ledger: Ledger;
  readonly streams: readonly Stream[];
  /** Earliest start of a stream's first plan. */
  readonly start: Date;
  /** IANA zone of the reports, at whose midnight the first plan begins; UTC by default. */
  readonly timeZone?: string;
  /** Slices that may be stored at once. */
  readonly concurrency: number;
  /** Without it, only as many slices are open as are stored at once. */
  readonly readAhead?: ReadAhead;
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
  /** Slices that failed, with their error; they cause exit status 1. */
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
 * Pulls due slices until none is left to claim. Live slices go first; the other streams take turns.
 * `OpenSlices` determines how many are open at once; one more live slice may be open, so that long
 * slices never delay live ones.
 */
export async function drain(
  context: SyncContext,
  streams: readonly Stream[],
  options: DrainOptions,
): Promise<SyncSummary> {
  const state = new DrainState(context, streams, options);
  await state.run();
  // A stopped run leaves due slices in any case.
  const isOver = context.signal.aborted;
  const names = streams.map((stream) => stream.name);
  return { ...state.summary(), held: isOver ? [] : await context.ledger.held(names, context.now()) };
}

class DrainState {
  readonly #context: SyncContext;
  readonly #byName: Map<string, Stream>;
  readonly #options: DrainOptions;
  readonly #turns: StreamTurns;
  readonly #open: OpenSlices;
  readonly #unavailable = new Set<string>();
  readonly #reports: SliceReport[] = [];
  readonly #totals = { slices: 0, pages: 0, records: 0, changedRecords: 0, deadLetters: 0 };
  readonly #pulls = new Set<Promise<void>>();
  /** Aborts the open slices after a failure of the API or the database, which they would only meet too. */
  readonly #breaking = new AbortController();
  #broken: { readonly error: unknown } | undefined;
  #plannedAt = performance.now();
  #lookedForLiveAt = Number.NEGATIVE_INFINITY;
  /** Number of slices that have ended. */
  #changes = 0;
  #wake: () => void = () => {};

  constructor(context: SyncContext, streams: readonly Stream[], options: DrainOptions) {
    this.#context = context;
    this.#byName = new Map(streams.map((stream) => [stream.name, stream]));
    this.#turns = new StreamTurns(this.#byName.keys());
    this.#options = options;
    this.#open = new OpenSlices(context.concurrency, context.readAhead);
  }

  /** Opens slices while there are any and there is room. After a failure, throws it once no slice is open any more. */
  async run(): Promise<void> {
    try {
      while (this.#shouldContinue()) {
        const seen = this.#changes;
        const claim = await this.#next();
        if (claim !== null) this.#start(claim);
        // A slice that ended after the ledger was read may have left parts of itself there.
        else if (this.#pulls.size === 0 && this.#changes === seen) break;
        else await this.#change(seen);
      }
    } catch (error) {
      this.#break(error);
    }
    await Promise.all(this.#pulls);
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  #shouldContinue(): boolean {
    return !this.#context.signal.aborted && this.#broken === undefined && this.#totals.slices < slicesMax;
  }

  #break(error: unknown): void {
    this.#broken ??= { error };
    this.#breaking.abort(error);
  }

  /** Claims a slice if there is a free place; otherwise, at intervals, a live one. */
  async #next(): Promise<SliceClaim | null> {
    const places = this.#open.freePlaces;
    if (places > 0) return this.#claim(false);
    if (places < 0 || performance.now() - this.#lookedForLiveAt < liveLookMs) return null;
    this.#lookedForLiveAt = performance.now();
    return this.#claim(true);
  }

  /**
   * Resolves when something has changed since `seen`: a slice has ended, or it is time to check for
   * due slices or for room, which also appears when responses get slower.
   */
  async #change(seen: number): Promise<void> {
    if (this.#changes !== seen) return;
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    const delayMs = this.#open.freePlaces > 0 ? liveLookMs : roomLookMs;
    const link = linkSignals([waiting.signal, this.#context.signal]);
    await pause(delayMs, link.signal);
    link.unlink();
  }

  #start(claim: SliceClaim): void {
    const pull = this.#open
      .hold(() => this.#pull(claim))
      .then(
        () => {},
        (error: unknown) => this.#break(error),
      );
    const ended = pull.finally(() => {
      this.#pulls.delete(ended);
      this.#changes += 1;
      this.#wake();
    });
    this.#pulls.add(ended);
  }

  async #pull(claim: SliceClaim): Promise<void> {
    try {
      await this.#extract(claim);
    } catch (error) {
      // The API or the database failed, not a slice.
      if (error instanceof UsageError || error instanceof OutageError) throw error;
      const { stream, interval } = claim.slice;
      throw new Error(`${stream} ${formatInterval(interval)} could not be stored: ${asError(error).message}`, {
        cause: error,
      });
    } finally {
      this.#turns.end(claim.slice.stream);
      await claim.release();
    }
  }

  async #claim(isLiveOnly: boolean): Promise<SliceClaim | null> {
    const { ledger, signal } = this.#context;
    if (signal.aborted) return null;
    await this.#replan();
    // A stream without permission is requested once per run, not once per slice.
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
    // Log lines of the API client for this slice carry it too.
    await withLogContext({ stream: slice.stream, slice: slice.sliceId }, async () => {
      const isLive = slice.interval.to > plus(this.#context.now(), -liveMs);
      const link = linkSignals([this.#context.signal, this.#breaking.signal]);
      const result = await extractSlice(claim, stream, {
        ...this.#context,
        signal: link.signal,
        open: this.#open,
        isLive,
      }).finally(link.unlink);
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
  else if (result.outcome === 'done' || result.outcome === 'aborted') log.debug(facts, `Slice ${result.outcome}`);
  else log.info(facts, `Slice ${result.outcome}`);
}
