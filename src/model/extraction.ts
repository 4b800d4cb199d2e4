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
  /** The original JSON, as text. */
  readonly record: string;
}

export interface ConversationBatch {
  readonly kind: 'conversations';
  readonly conversations: readonly FlatConversation[];
}

/**
 * A complete listing of a directory relation, with values by column name; entries that are missing
 * from it are marked as deleted.
 */
export interface EntityBatch {
  readonly kind: 'entities';
  readonly relation: string;
  readonly idColumns: readonly string[];
  /** A change in one of these closes the row and opens another; a change in any other column replaces it in place. */
  readonly historyColumns: readonly string[];
  /** The part of the relation for which this listing is complete; the whole relation when absent. */
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
 * All data of a source for one interval of a relation, e.g. an aggregate: where they differ, the
 * rows replace the stored ones for exactly that interval (and for `scope`, a dimension with the
 * requested values). The relation has `interval_start`, `as_of` and the columns of the rows; times
 * in rows are milliseconds since 1970.
 */
export interface IntervalBatch {
  readonly kind: 'interval';
  readonly relation: string;
  readonly interval: Interval;
  /** Columns that identify a row within one `interval_start`; absent values are equal to each other. */
  readonly dimensions: readonly string[];
  readonly scope?: { readonly column: string; readonly values: readonly string[] };
  readonly rows: readonly EntityRow[];
  /** Rows whose interval began earlier are removed, for a relation that keeps only recent days. */
  readonly retainFrom?: Date;
}

/**
 * Holds a source's statuses of some users in one interval, in `start_time` and `end_time`
 * (milliseconds since 1970, no end while open) and the status columns. A span that extends beyond
 * the interval is given whole or cut at its ends.
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
  /** Records in the response. A page without any is committed at once, because it only moves the cursor. */
  readonly recordCount: number;
  /** Absent for small pages, as most are. */
  readonly memory?: PageMemory;
}

/** A page's share of the memory that all pages have together. */
export interface PageMemory {
  /** Returns the share and empties the page. Must be called when the page is stored or dropped. */
  release(): void;
  /** Returns true if others wait for room, so that this page should be stored at once. */
  isWanted(): boolean;
}

export interface StreamContext {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Ids above `after` of conversations stored as open, in order, at most `limit`. */
  readonly openConversationIds: (after: string | null, limit: number) => Promise<readonly string[]>;
  /** Ids of users in the stored directory, in order, without those deleted before `since`. */
  readonly userIds: (since: Date) => Promise<readonly string[]>;
  /** Log bound to the slice, for facts that a person should know although the pull continues. */
  readonly log: Log;
}

export interface SliceContext extends StreamContext {
  /** Returns a conversation record without erased people, before it is encoded; the same record if none is in it. */
  readonly erase: (record: unknown) => unknown;
}

/** Streams whose dead letters can be stored again individually; others are pulled again by slice. */
export const conversationStreams: readonly string[] = [
  'conversations',
  'conversation_history',
  'open_conversations',
  'survey_events',
  'evaluation_events',
];

/** Streams of kind `snapshot`: they show the present, so completeness of past days does not apply to them. */
export const snapshotStreams: readonly string[] = [
  'directory',
  'queue_directory',
  'open_conversations',
  'queue_observations',
];

/**
 * Defines how a stream is planned and how one of its slices is pulled. Depends on the API, and of
 * the database only on names of relations and columns.
 */
export interface Stream {
  readonly name: string;
  /** `interval`: a contiguous history is needed. `snapshot`: only the present period is needed; missed ones are skipped. */
  readonly kind: 'interval' | 'snapshot';
  /** Smaller is more urgent: live before backfill. */
  readonly priority: number;
  /** True if other streams depend on its records, so that its very first listing is pulled before anything else. */
  readonly isPrerequisite?: boolean;
  /** True if `sync` without `--stream` includes it. */
  readonly isDefault: boolean;
  /** Time after a slice's end (snapshot: start) before its first pass. */
  readonly lagMs: number;
  /** Ages after the slice's end at which it is pulled again, ascending; after the last it is final. Empty: one pass. */
  readonly repassAgesMs: readonly number[];
  /** Length of a slice that covers `at`; lengths divide a day. Older history may be cut coarser. */
  readonly sliceLengthMs: (at: Date, now: Date) => number;
  /** Returns the slice length of a backfill, if it differs from the usual one; lengths divide a day. */
  readonly backfillLengthMs?: (range: Interval, context: StreamContext) => Promise<number>;
  /** Age to which the first plan reaches back; undefined for the configured start. */
  readonly initialLookbackMs?: number;
  /** Slices of a past period of this length are merged, so that each pass costs one request. */
  readonly mergedLengthMs?: number;
  /** True if the stream reads records one by one and limits their memory itself. */
  readonly isRecordWise?: boolean;
  /** Another stream that stores the same records; what it has pulled need not be retried here. */
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
 * A slice on which only this process may work: the claim ends with the connection that writes, and
 * nothing is committed for a claim that another process has taken over. Every method except
 * `release` is one transaction.
 */
export interface SliceClaim {
  readonly slice: Slice;
  /** See `SliceContext.erase`; records read before another person was erased are not committed. */
  readonly erase: SliceContext['erase'];
  /** Stores the pages' rows and the last page's cursor together. */
  commit(pages: readonly Page[]): Promise<StoreCounts>;
  /** Completes the pass; `nextDueAt` null makes the slice final. `pages` are stored in the same transaction. */
  complete(pages: readonly Page[], nextDueAt: Date | null): Promise<StoreCounts>;
  fail(message: string, retryAt: Date): Promise<void>;
  /** Leaves the slice pending, not before `retryAt`; not a failure. */
  defer(message: string, retryAt: Date): Promise<void>;
  /** Replaces the slice by these, which together are its interval. */
  split(parts: readonly Interval[], dueAt: Date): Promise<void>;
  /** Clears the cursor, so that the pass begins again. */
  restart(message: string): Promise<void>;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** In the order of their turns, which breaks ties between equally urgent slices. */
  readonly streams: readonly string[];
  readonly now: Date;
  /** Slices that end after this instant are live: they go before all others, by the streams' priority. */
  readonly liveAfter: Date;
  /** True to claim only live slices. */
  readonly isLiveOnly: boolean;
  /** Slices that failed before this instant are retried even if their `retry_at` is in the future. */
  readonly retryFailedBefore?: Date;
  /** Only slices inside this range, for a backfill that shares the database with a scheduler. */
  readonly within?: Interval;
}

/** State of a stream in the ledger, from which its slices are planned. */
export interface PlannedRanges {
  /** Start of the stream's schedule; null before the first planning of a schedule. */
  readonly scheduledFrom: Date | null;
  /** Ranges of slices, neighbours merged, in order. */
  readonly planned: readonly Interval[];
  /** Ranges that `prune` removed; like planned ones, they need no slices. In order. */
  readonly pruned: readonly Interval[];
}

/** Changes to the ledger of a stream, as pure data that `engine/plan.ts` computes from `PlannedRanges`. */
export interface Plan {
  readonly stream: Pick<Stream, 'name' | 'kind' | 'priority' | 'repassAgesMs' | 'mergedLengthMs' | 'coveredBy'>;
  readonly now: Date;
  /** True for a schedule, which also merges slices of past periods; false for a requested range. */
  readonly isSchedule: boolean;
  /** New start of the schedule, unless it began earlier; null if it does not change. */
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
  /** Reads the state from which a plan of the stream is computed. */
  plannedRanges(stream: string): Promise<PlannedRanges>;
  /**
   * Adds slices and returns how many. Omits those that overlap slices that another planner has
   * added since `plannedRanges`: if it returns fewer than the plan has, read again and plan what is
   * still missing.
   */
  plan(plan: Plan): Promise<number>;
  /** Makes slices that touch `range` due now, including final ones, to pull them again on request. */
  markDue(stream: string, range: Interval, now: Date): Promise<number>;
  /** Claims the most urgent due slice that nobody works on, or returns null. */
  claim(options: ClaimOptions): Promise<SliceClaim | null>;
  /** Returns true while any process works on a slice of this stream. */
  isClaimed(stream: string): Promise<boolean>;
  /** Reads which processes hold due slices of these streams. */
  held(streams: readonly string[], now: Date): Promise<readonly HeldSlices[]>;
}

/** Due slices that one session holds. */
export interface HeldSlices {
  readonly slices: number;
  readonly since: Date;
  /** Host and process, as reported by the process itself. */
  readonly holder: string;
  /** Server process of the session. */
  readonly pid: number;
  readonly application: string;
  readonly role: string;
}
