import pLimit from 'p-limit';
import { asError, UsageError } from '../errors.js';
import { formatInterval, type Interval } from '../interval.js';
import type { Log } from '../log.js';
import { withLogContext } from '../log-context.js';
import type { ClaimOptions, Ledger, SliceClaim, Stream, StreamContext } from '../protocol.js';
import { extractSlice, type SliceResult } from './extract.js';
import { askedRange, cut, firstDueAt, missing, snapshotSlice } from './plan.js';

/** A run stops claiming after this many slices; what is left stays due for the next tick. */
const slicesMax = 1_000_000;

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
  /** Slices that are owed but not yet: their data is not there. */
  readonly deferred: readonly SliceReport[];
}

/** Plans what every stream owes by now, then pulls all that is due. */
export async function sync(context: SyncContext, options: { readonly retryFailed: boolean }): Promise<SyncSummary> {
  const now = context.now();
  await planAll(context);
  return drain(context, context.streams, options.retryFailed ? { retryFailedBefore: now } : {});
}

/** Enters into the ledger what every stream owes by now. */
export async function planAll(context: SyncContext): Promise<void> {
  const now = context.now();
  for (const stream of context.streams) await planStream(context, stream, now);
}

async function planStream(context: SyncContext, stream: Stream, now: Date): Promise<void> {
  const added = await context.ledger.plan({
    stream,
    now,
    isSchedule: true,
    propose: (planned, scheduledFrom) => {
      if (stream.kind === 'snapshot') return missing(snapshotSlice(stream, now), planned);
      const asked = askedRange(stream, { start: context.start, scheduledFrom, now });
      return asked === null ? [] : missing(asked, planned).flatMap((gap) => cut(gap, stream, now));
    },
    dueAt: (interval) => firstDueAt(stream, interval),
  });
  if (added > 0) context.log.debug({ stream: stream.name, slices: added }, 'Planned');
}

/** Plans a past range and pulls it. Slices that are there already keep their place in the ledger; `force` makes them due again. */
export async function planRange(context: SyncContext, stream: Stream, range: Interval): Promise<number> {
  const now = context.now();
  return context.ledger.plan({
    stream,
    now,
    isSchedule: false,
    propose: (planned) => missing(range, planned).flatMap((gap) => cut(gap, stream, now)),
    dueAt: (interval) => firstDueAt(stream, interval),
  });
}

/** Works off everything due, `concurrency` slices at a time, until nothing is left that could be claimed. */
export async function drain(
  context: SyncContext,
  streams: readonly Stream[],
  options: Pick<ClaimOptions, 'retryFailedBefore' | 'within'>,
): Promise<SyncSummary> {
  const state = new DrainState(context, streams, options);
  const limit = pLimit(context.concurrency);
  const workers = Array.from({ length: context.concurrency }, () => limit(() => state.work()));
  const ended = await Promise.allSettled(workers);
  const broken = ended.find((worker) => worker.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return state.summary();
}

class DrainState {
  readonly #context: SyncContext;
  readonly #byName: Map<string, Stream>;
  readonly #options: Pick<ClaimOptions, 'retryFailedBefore' | 'within'>;
  readonly #unavailable = new Set<string>();
  readonly #reports: SliceReport[] = [];
  readonly #totals = { slices: 0, pages: 0, records: 0, changedRecords: 0, deadLetters: 0 };
  #broken = false;

  constructor(
    context: SyncContext,
    streams: readonly Stream[],
    options: Pick<ClaimOptions, 'retryFailedBefore' | 'within'>,
  ) {
    this.#context = context;
    this.#byName = new Map(streams.map((stream) => [stream.name, stream]));
    this.#options = options;
  }

  async work(): Promise<void> {
    const { signal } = this.#context;
    while (!signal.aborted && !this.#broken && this.#totals.slices < slicesMax) {
      const claim = await this.#claim();
      if (claim === null) return;
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
        await claim.release();
      }
    }
  }

  async #claim(): Promise<SliceClaim | null> {
    // A stream that this organisation has no right to is asked once a run, not once a slice.
    const streams = [...this.#byName.keys()].filter((name) => !this.#unavailable.has(name));
    if (streams.length === 0) return null;
    return this.#context.ledger.claim({ streams, now: this.#context.now(), ...this.#options });
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

  summary(): SyncSummary {
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
