import { ApiError, apiOutage, asError, DeferredError, OutdatedProgramError } from '../lib/errors.js';
import { earlier, type Interval, plus } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import type { Page, SliceClaim, StoreCounts, Stream, StreamContext } from '../model/extraction.js';
import type { OpenSlices } from './open-slices.js';
import { halves, nextDueAt, retryDelayMs } from './plan.js';
import { prefetch } from './prefetch.js';
import { withDeadline } from './with-deadline.js';

/** Records gathered before a commit: far fewer lose a third of the loading speed, more gain only a tenth. */
const commitRecordsMax = 1_000;
/** Records fetched ahead during a commit. After a kill, these and the records of that commit are read again. */
const prefetchRecordsMax = 1_000;
/** Longest time until a commit, however slowly pages arrive. */
const commitDelayMsMax = 15_000;
/** Interval at which pages that wait for more pages are checked, because others may need their memory. */
const memoryLookMs = 250;
const restartsMax = 3;

export type SliceOutcome = 'done' | 'deferred' | 'split' | 'failed' | 'unavailable' | 'aborted';

export interface SliceResult extends StoreCounts {
  readonly outcome: SliceOutcome;
  readonly pages: number;
  /** Reason of the outcome; absent for `done` and `aborted`. */
  readonly message?: string;
}

export interface ExtractContext extends StreamContext {
  readonly log: Log;
  readonly open: OpenSlices;
  /** Live slices wait neither for memory nor for older ones. */
  readonly isLive: boolean;
}

interface Progress {
  pages: number;
  records: number;
  changedRecords: number;
  deadLetters: number;
}

/**
 * The one loop: pulls one pass of a claimed slice, page by page, and stores rows and cursor
 * together. Every failure ends in a state of the ledger; only a failure of the database itself is
 * thrown.
 */
export async function extractSlice(claim: SliceClaim, stream: Stream, context: ExtractContext): Promise<SliceResult> {
  const progress: Progress = { pages: 0, records: 0, changedRecords: 0, deadLetters: 0 };
  for (let restarts = 0; ; restarts += 1) {
    try {
      await pull(claim, stream, context, progress, restarts > 0);
      return { outcome: 'done', ...progress };
    } catch (thrown) {
      const error = asError(thrown);
      const isRestart = error instanceof ApiError && error.facts.action === 'restart' && restarts < restartsMax;
      if (!isRestart || context.signal.aborted)
        return { ...progress, ...(await finishFailedSlice(claim, stream, context, error)) };
      context.log.warn({ reason: error.message }, 'Slice restarted');
      await claim.restart(error.message);
    }
  }
}

async function pull(
  claim: SliceClaim,
  stream: Stream,
  context: ExtractContext,
  progress: Progress,
  fromStart: boolean,
): Promise<void> {
  const slice = fromStart ? { ...claim.slice, cursor: null } : claim.slice;
  const askedAt = context.now();
  const held = new Set<Page>();
  const { open, signal, isLive } = context;
  const source = open.admission.admit(stream, stream.pages(slice, { ...context, erase: claim.erase }), held, {
    signal,
    isUrgent: isLive,
  });
  const pages = prefetch(source, (page) => Math.max(1, page.recordCount), prefetchRecordsMax);
  const store = (group: PageGroup) =>
    group.isLast
      ? // A clock that was ahead when the pass began would call passes done that are yet to come.
        claim.complete(group.pages, nextDueAt(stream, slice.interval, earlier(askedAt, context.now())))
      : claim.commit(group.pages);
  try {
    for await (const group of grouped(pages)) {
      try {
        add(progress, group.pages, await open.store(isLive ? 0 : 1, () => store(group)));
      } catch (error) {
        // The page that is being fetched may be waiting for this memory, and leaving the loop waits
        // for that page.
        release([...held], held);
        throw error;
      }
      release(group.pages, held);
    }
  } finally {
    // Pages that were read ahead and will not be stored are dropped, with their memory.
    release([...held], held);
  }
}

function release(pages: readonly Page[], held: Set<Page>): void {
  for (const page of pages) {
    page.memory?.release();
    held.delete(page);
  }
}

interface PageGroup {
  readonly pages: readonly Page[];
  readonly isLast: boolean;
}

/** Groups pages for commits. Pages before an error are yielded first, so that they need not be fetched again. */
async function* grouped(pages: AsyncGenerator<Page, void, void>): AsyncGenerator<PageGroup, void, void> {
  let group: Page[] = [];
  let failure: { readonly error: unknown } | undefined;
  let looks = 0;
  try {
    for await (const next of withDeadline(pages, memoryLookMs)) {
      if (next !== 'late') group.push(next);
      looks = group.length === 0 ? 0 : looks + (next === 'late' ? 1 : 0);
      const isDue = looks * memoryLookMs >= commitDelayMsMax;
      if (group.length === 0 || !(isDue || isFull(group))) continue;
      yield { pages: group, isLast: false };
      group = [];
      looks = 0;
    }
  } catch (error) {
    failure = { error };
  }
  if (failure === undefined) yield { pages: group, isLast: true };
  else {
    if (group.length > 0) yield { pages: group, isLast: false };
    throw failure.error;
  }
}

function isFull(group: readonly Page[]): boolean {
  const last = group.at(-1);
  if (last?.recordCount === 0 || last?.memory?.isWanted()) return true;
  return group.reduce((sum, page) => sum + page.recordCount, 0) >= commitRecordsMax;
}

function add(progress: Progress, group: readonly Page[], counts: StoreCounts): void {
  progress.pages += group.length;
  progress.records += counts.records;
  progress.changedRecords += counts.changedRecords;
  progress.deadLetters += counts.deadLetters;
}

/** Turns an error into the slice's next state, by its class alone. */
async function finishFailedSlice(
  claim: SliceClaim,
  stream: Stream,
  context: ExtractContext,
  error: Error,
): Promise<{ outcome: SliceOutcome; message?: string }> {
  if (context.signal.aborted) return { outcome: 'aborted' };
  // A newer program has migrated the database. That is not a state of the slice, and nothing may be
  // written any more.
  if (error instanceof OutdatedProgramError) throw error;
  // An API that is unreachable or refuses the credentials affects every slice, so that is not a
  // state of this one.
  const outage = apiOutage(error);
  if (outage !== undefined) throw outage;
  const now = context.now();
  if (error instanceof DeferredError) {
    await claim.defer(error.message, error.notBefore);
    return { outcome: 'deferred', message: error.message };
  }
  const action = error instanceof ApiError ? error.facts.action : 'fail';
  if (action === 'split') {
    const parts = halves(claim.slice.interval, stream.sliceLengthMsMin);
    if (parts !== null) return splitSlice(claim, parts, now, error.message);
  }
  await claim.fail(error.message, plus(now, retryDelayMs(claim.slice.attempts)));
  return { outcome: action === 'unavailable' ? 'unavailable' : 'failed', message: error.message };
}

/** Splits the slice. Where another process has taken it over, that one does. */
async function splitSlice(
  claim: SliceClaim,
  parts: readonly Interval[],
  now: Date,
  reason: string,
): Promise<{ outcome: SliceOutcome; message: string }> {
  try {
    await claim.split(parts, now);
    return { outcome: 'split', message: reason };
  } catch (error) {
    if (!(error instanceof DeferredError)) throw error;
    return { outcome: 'deferred', message: error.message };
  }
}
