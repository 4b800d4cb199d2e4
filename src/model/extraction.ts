/**
 * The nouns.
 *
 * Stream: a named data set to extract. Slice: one half-open interval of one stream, the unit of work and of checkpoint.
 * Pass: the n-th pull of a slice; slices are pulled again at declared ages because Genesys restates history.
 * Page: one API response, flattened. Cursor: the resume point inside a slice; only its stream can read it.
 * Watermark: everything before it has had its first pass. Final: no pass is pending any more.
 * `asOf`: the instant as of which a page's source is valid; older data never overwrites newer.
 */
import type { FlatConversation } from '../conversation/flatten.js';
import type { Interval } from '../lib/interval.js';
import type { Log } from '../lib/log.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Slice {
  readonly sliceId: string;
  readonly stream: string;
  readonly interval: Interval;
  /** Passes completed before this one. */
  readonly pass: number;
  readonly cursor: Json;
  /** Consecutive failed attempts at this pass. */
  readonly attempts: number;
}

/** A record that cannot be stored; it goes to `extract.dead_letters` and stops nothing. */
export interface Reject {
  readonly recordId: string | null;
  readonly reason: string;
  /** The JSON as it came, as text. */
  readonly record: string;
}

export interface ConversationBatch {
  readonly kind: 'conversations';
  readonly conversations: readonly FlatConversation[];
}

/** A whole listing of a directory relation, values by column name: what it does not show any more is marked as deleted. */
export interface EntityBatch {
  readonly kind: 'entities';
  readonly relation: string;
  readonly idColumns: readonly string[];
  /** A change in one of these closes the row and opens another; a change in any other column replaces it in place. */
  readonly historyColumns: readonly string[];
  /** The part of the relation that this listing is whole for; all of it when absent. */
  readonly scope?: EntityScope;
  readonly rows: readonly EntityRow[];
}

/** Rows whose `column` holds one of `values`, or with `isExcept` all others. */
export interface EntityScope {
  readonly column: string;
  readonly values: readonly string[];
  readonly isExcept?: boolean;
}

export type EntityRow = Readonly<Record<string, unknown>>;

/**
 * Everything a source says about one interval of a relation, e.g. an aggregate: the rows replace what is stored for exactly that interval
 * (and for `scope`, a dimension with the values that were asked for) where they differ. The relation has `interval_start`, `as_of` and the
 * columns of the rows; times in rows are milliseconds since 1970.
 */
export interface IntervalBatch {
  readonly kind: 'interval';
  readonly relation: string;
  readonly interval: Interval;
  /** Columns that identify the rows of one `interval_start`; absent values equal each other. */
  readonly dimensions: readonly string[];
  readonly scope?: { readonly column: string; readonly values: readonly string[] };
  readonly rows: readonly EntityRow[];
  /** Rows whose interval began earlier are removed: a relation that keeps only the last days. */
  readonly retainFrom?: Date;
}

/**
 * Holds a source's statuses of some users in one interval, in `start_time` and `end_time` (milliseconds since 1970, no end while
 * open) and the status columns. A span that reaches over the interval's ends is given whole or cut there.
 */
export interface SpanBatch {
  readonly kind: 'spans';
  readonly relation: string;
  readonly interval: Interval;
  readonly statusColumns: readonly string[];
  /** Users whose statuses in the interval are completely contained in `rows`. */
  readonly userIds: readonly string[];
  readonly rows: readonly EntityRow[];
}

export type Batch = ConversationBatch | EntityBatch | IntervalBatch | SpanBatch;

export interface Page {
  readonly asOf: Date;
  readonly batches: readonly Batch[];
  readonly rejects: readonly Reject[];
  /** Resume point after this page. Never null: a null cursor means that a pass has not begun. */
  readonly cursor: Json;
  /** Records in the answer, for progress and counts. A page without any is committed at once: it only moves the cursor. */
  readonly recordCount: number;
  /** Absent where the page is small, as most are. */
  readonly memory?: PageMemory;
}

/** The share of a page in the memory that all pages have together. */
export interface PageMemory {
  /** Gives the share back and empties the page. To be called when it is stored or dropped. */
  release(): void;
  /** Says that others wait for room, so that this page is better stored at once than kept until there are more. */
  isWanted(): boolean;
}

export interface StreamContext {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Ids of conversations stored as open, above `after` in id order, at most `limit`: what `open_conversations` asks for again. */
  readonly openConversationIds: (after: string | null, limit: number) => Promise<readonly string[]>;
  /** Users in the stored directory, in id order, without those that are known to have been deleted before `since`. */
  readonly userIds: (since: Date) => Promise<readonly string[]>;
  /** Bound to the slice. For what a person should know although the pull continues. */
  readonly log: Log;
}

export interface SliceContext extends StreamContext {
  /** Returns a conversation record without people who were erased, before it is encoded; the same record where none is in it. */
  readonly erase: (record: unknown) => unknown;
}

/** Streams whose dead letters are single conversations, which can be stored again as they are; of all others the slice is pulled again. */
export const conversationStreams: readonly string[] = [
  'conversations',
  'conversation_history',
  'open_conversations',
  'survey_events',
  'evaluation_events',
];

/** Streams of kind `snapshot`: they show the present, so no past day of theirs is complete or not. */
export const snapshotStreams: readonly string[] = [
  'directory',
  'queue_directory',
  'open_conversations',
  'queue_observations',
];

/** Defines how a stream is planned and one of its slices is pulled. Knows the API; of the database only names of relations and columns. */
export interface Stream {
  readonly name: string;
  /** `interval`: a contiguous history is needed. `snapshot`: only the present period is needed; missed ones are skipped. */
  readonly kind: 'interval' | 'snapshot';
  /** Smaller is more urgent: live before backfill. */
  readonly priority: number;
  /** Other streams ask and read with its records, so that its very first listing is pulled before anything else. */
  readonly isPrerequisite?: boolean;
  /** Part of `sync` without `--stream`. */
  readonly isDefault: boolean;
  /** Time after a slice's end (snapshot: start) before its first pass. */
  readonly lagMs: number;
  /** Ages after the slice's end at which it is pulled again, ascending; after the last it is final. Empty: one pass. */
  readonly repassAgesMs: readonly number[];
  /** Length of a slice that covers `at`; lengths divide a day. Older history may be cut coarser. */
  readonly sliceLengthMs: (at: Date, now: Date) => number;
  /** Length of the slices of a past range that somebody asks for, where it is not the usual one; lengths divide a day. */
  readonly backfillLengthMs?: (range: Interval, context: StreamContext) => Promise<number>;
  /** Age that the first planning may reach back to; undefined for the configured start. */
  readonly initialLookbackMs?: number;
  /** Slices of a period of this length that is over become one slice, so that what was live in small slices costs one pull a pass. */
  readonly mergedLengthMs?: number;
  /** It takes records in one by one and bounds their memory itself; pages of all other streams are read whole. */
  readonly isRecordWise?: boolean;
  /** Another stream that stores the same records: what it has pulled need not be tried here again and again. */
  readonly coveredBy?: string;
  /** Smallest interval into which a slice may be split when a cap is hit. */
  readonly sliceLengthMsMin: number;
  /** Yields pages from the slice's cursor to the end of the pass. Errors: ApiError, DeferredError. */
  readonly pages: (slice: Slice, context: SliceContext) => AsyncGenerator<Page, void, void>;
}

export interface StoreCounts {
  readonly records: number;
  readonly changedRecords: number;
  readonly deadLetters: number;
}

/**
 * A slice that this process alone may work on: the claim ends with the connection that writes, however that ends, and nothing is
 * committed for a claim that another process has taken over. Every method but `release` is one transaction.
 */
export interface SliceClaim {
  readonly slice: Slice;
  /** See `SliceContext.erase`; nothing is committed of what was read before another person was erased. */
  readonly erase: SliceContext['erase'];
  /** Stores the pages' rows and the last page's cursor together. */
  commit(pages: readonly Page[]): Promise<StoreCounts>;
  /** The pass is complete: `nextDueAt` null makes the slice final. `pages` are stored in the same transaction. */
  complete(pages: readonly Page[], nextDueAt: Date | null): Promise<StoreCounts>;
  fail(message: string, retryAt: Date): Promise<void>;
  /** Leaves the slice pending, not before `retryAt`; not a failure. */
  defer(message: string, retryAt: Date): Promise<void>;
  /** Replaces the slice by these, which together are its interval. */
  split(parts: readonly Interval[], dueAt: Date): Promise<void>;
  /** Forgets the cursor: the pass begins again. */
  restart(message: string): Promise<void>;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** In the order of their turns, which decides among slices that are equally urgent. */
  readonly streams: readonly string[];
  readonly now: Date;
  /** Slices that end after this instant are live: they go before all others, by the streams' priority. */
  readonly liveAfter: Date;
  /** Nothing but live slices. */
  readonly isLiveOnly: boolean;
  /** Slices that failed before this instant are tried although their `retry_at` lies ahead. */
  readonly retryFailedBefore?: Date;
  /** Only slices inside this range, for a backfill that shares the database with a scheduler. */
  readonly within?: Interval;
}

/** Holds what the ledger knows of a stream when its slices are planned. */
export interface PlannedRanges {
  /** Start of the stream's schedule; null before the first planning of a schedule. */
  readonly scheduledFrom: Date | null;
  /** Ranges of slices, neighbours merged, in order. */
  readonly planned: readonly Interval[];
  /** Ranges that were removed on purpose; they need no slices, like those that are planned. In order. */
  readonly pruned: readonly Interval[];
}

/** Says what is to be written into the ledger of a stream. Data alone: computed from `PlannedRanges` by `engine/plan.ts`. */
export interface Plan {
  readonly stream: Pick<Stream, 'name' | 'kind' | 'priority' | 'repassAgesMs' | 'mergedLengthMs' | 'coveredBy'>;
  readonly now: Date;
  /** A schedule also merges slices of periods that are over; a range requested once does not. */
  readonly isSchedule: boolean;
  /** Start of the schedule from now on, unless it began earlier; null where that does not change. */
  readonly scheduledFrom: Date | null;
  /** Slices to add, in order and without overlap. */
  readonly slices: readonly PlannedSlice[];
}

export interface PlannedSlice {
  readonly interval: Interval;
  readonly dueAt: Date;
}

/** The ledger as the engine sees it; `postgres/` implements it. */
export interface Ledger {
  /** Reads what a plan of the stream is computed from. */
  plannedRanges(stream: string): Promise<PlannedRanges>;
  /**
   * Adds slices and returns how many. Leaves out those that overlap what another planner has added since `plannedRanges`: where
   * it returns fewer than there are in the plan, read again and plan what is still missing.
   */
  plan(plan: Plan): Promise<number>;
  /** Makes slices that touch `range` due now, final ones too: a person wants them pulled again. */
  markDue(stream: string, range: Interval, now: Date): Promise<number>;
  /** The most urgent due slice that nobody works on, or null. */
  claim(options: ClaimOptions): Promise<SliceClaim | null>;
  /** True while any process works on a slice of this stream. */
  isClaimed(stream: string): Promise<boolean>;
  /** Reads which processes hold due slices of these streams. */
  held(streams: readonly string[], now: Date): Promise<readonly HeldSlices[]>;
}

/** Due slices that one session holds. */
export interface HeldSlices {
  readonly slices: number;
  readonly since: Date;
  /** Host and process, as the process calls itself. */
  readonly holder: string;
  /** Server process of the session. */
  readonly pid: number;
  readonly application: string;
  readonly role: string;
}
