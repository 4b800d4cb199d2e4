import { ApiError, apiOutage, asError, DeferredError, OutdatedProgramError } from '../lib/errors.js';
import { earlier, plus } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import type { Page, SliceClaim, StoreCounts, Stream, StreamContext } from '../model/extraction.js';
import type { OpenSlices } from './open-slices.js';
import { halves, nextDueAt, retryDelayMs } from './plan.js';
import { prefetch } from './prefetch.js';
import { withDeadline } from './with-deadline.js';

/** A commit holds pages until they have this many records: far fewer lose a third of the loading speed, more gain a tenth. */
const commitRecordsMax = 1_000;
/** Fetched ahead while a commit is under way. Together with that commit it is what a kill makes the next process read again. */
const prefetchRecordsMax = 1_000;
/** A commit is never further away than this, however slowly pages arrive. */
const commitDelayMsMax = 15_000;
/** Pages that wait for more pages are looked at so often: others may need their memory meanwhile. */
const memoryLookMs = 250;
const restartsMax = 3;

export type SliceOutcome = 'done' | 'deferred' | 'split' | 'failed' | 'unavailable' | 'aborted';

export interface SliceResult extends StoreCounts {
  readonly outcome: SliceOutcome;
  readonly pages: number;
  /** The reason, unless done or aborted. */
  readonly message?: string;
}

export interface ExtractContext extends StreamContext {
  readonly log: Log;
  readonly open: OpenSlices;
  /** Somebody waits for it: it waits neither for memory nor behind what is older. */
  readonly isLive: boolean;
}

interface Progress {
  pages: number;
  records: number;
  changedRecords: number;
  deadLetters: number;
}

/**
 * The one loop: pulls one pass of a claimed slice, page by page, and stores rows and cursor together. Whatever goes wrong ends in a state
 * of the ledger; only a failure of the database itself is thrown.
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
        // The page that is being fetched may wait for this memory, and leaving the loop waits for that page.
        release([...held], held);
        throw error;
      }
      release(group.pages, held);
    }
  } finally {
    // Whatever was read ahead and is not stored now is dropped, with its memory.
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

/** Groups pages as they are committed together. What came before an error is yielded first, so that it need not be fetched again. */
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
  // A newer program migrated the database: no state of any slice, and nothing may be written any more.
  if (error instanceof OutdatedProgramError) throw error;
  // An API that is away or refuses the credentials does so for every slice: no state of this one.
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
    if (parts !== null) {
      await claim.split(parts, now);
      return { outcome: 'split', message: error.message };
    }
  }
  await claim.fail(error.message, plus(now, retryDelayMs(claim.slice.attempts)));
  return { outcome: action === 'unavailable' ? 'unavailable' : 'failed', message: error.message };
}
