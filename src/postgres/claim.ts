import { sql } from 'kysely';
import type pg from 'pg';
import { DeferredError } from '../lib/errors.js';
import type { Interval } from '../lib/interval.js';
import { type Page, type SliceClaim, type StoreCounts, snapshotStreams } from '../model/extraction.js';
import { kyselyOnClient, kyselyOnPool } from './connection/kysely.js';
import { describeLoss, isLossOfAll } from './connection/lost.js';
import { inTransaction, onConnection } from './connection/transaction.js';
import type { ClaimSession } from './ledger/claim-session.js';
import { holdsClaim } from './ledger/claims.js';
import { deleteResolved, reassignDeadLetters } from './ledger/dead-letters.js';
import { type ClaimedSlice, insertParts, type StoredCursor } from './ledger/slices.js';
import { type Erasures, eraseFrom } from './load/erasures.js';
import { type Store, storePages } from './load/store.js';
import { markDaysWithData } from './schema/dimension-tables.js';

const errorCharactersMax = 2_000;

interface ClaimParts {
  readonly store: Store;
  readonly session: ClaimSession;
  /** Under which the slice is read. */
  readonly erasures: Erasures;
}

/**
 * Builds the claim object of a claimed slice; it takes a connection only while it stores. Nothing
 * is committed for a claim that another process has taken over, or whose pages were read before a
 * person was erased; then `commit` and `complete` throw a DeferredError, and so does `split`.
 */
export function sliceClaim(pool: pg.Pool, claimed: ClaimedSlice, { store, session, erasures }: ClaimParts): SliceClaim {
  const { slice, claimId } = claimed;
  const ownDb = kyselyOnPool(pool);
  const thisSlice = (db = ownDb) =>
    db
      .updateTable('extract.slices')
      .where('slice_id', '=', slice.sliceId)
      .where(
        sql<boolean>`exists (select from extract.claims where claims.slice_id = slices.slice_id and claim_id = ${claimId})`,
      );
  // A pass is valid as of its earliest page, even when another process resumed it.
  let asOf = claimed.asOf;
  // The database failed while this slice was being stored, which is not a failure of the slice.
  let lost: unknown;

  const put = (pages: readonly Page[], finish: (counts: StoreCounts, client: pg.PoolClient) => Promise<void>) =>
    onConnection(pool, (client) =>
      storePages(client, store, { ...slice, erasures }, pages, async (counts) => {
        for (const page of pages) if (asOf === null || page.asOf < asOf) asOf = page.asOf;
        await requireClaim(client, claimed, store.now());
        await finish(counts, client);
      }),
    ).catch((error: unknown) => {
      if (isLossOfAll(error)) lost = error;
      throw lost ?? explained(error);
    });

  const attempted = () => ({ last_attempt_at: store.now() });
  const failed = (message: string) => ({
    last_error: message.slice(0, errorCharactersMax),
    last_error_at: store.now(),
  });

  return {
    slice,
    erase: eraseFrom(erasures),
    commit: (pages) =>
      put(pages, async (counts, client) => {
        await thisSlice(kyselyOnClient(client))
          .set({ ...progress(pages, counts), cursor: storedCursor(pages, asOf), ...attempted() })
          .execute();
      }),
    complete: (pages, nextDueAt) =>
      put(pages, async (counts, client) => {
        await thisSlice(kyselyOnClient(client))
          .set({ ...progress(pages, counts), ...attempted(), ...completedPass(nextDueAt, asOf, store.now()) })
          .execute();
        if (asOf !== null) await deleteResolved(client, slice, asOf);
        if (!snapshotStreams.includes(slice.stream)) await markDaysWithData(client, slice.interval);
      }),
    fail: async (message, retryAt) => {
      if (lost !== undefined) throw lost;
      await thisSlice()
        .set({ attempts: sql`attempts + 1`, retry_at: retryAt, ...attempted(), ...failed(message) })
        .execute();
    },
    defer: async (_message, retryAt) => {
      await thisSlice()
        .set({ retry_at: retryAt, ...attempted() })
        .execute();
    },
    split: (parts, dueAt) => inTransaction(pool, (client) => splitSlice(client, claimed, parts, dueAt, store.now())),
    restart: async (message) => {
      await thisSlice()
        .set({ ...noProgress, ...failed(message) })
        .execute();
    },
    release: () => session.release(claimId),
  };
}

/**
 * Converts the error of a statement or transaction that the database ended into one sentence;
 * returns every other error unchanged.
 */
function explained(error: unknown): unknown {
  const sentence = describeLoss(error);
  return sentence === undefined ? error : new Error(sentence, { cause: error });
}

async function requireClaim(client: pg.PoolClient, { slice, claimId }: ClaimedSlice, now: Date): Promise<void> {
  if (await holdsClaim(client, slice.sliceId, claimId)) return;
  throw new DeferredError('Another process has taken over this slice, because this one did not renew its claim.', now);
}

const noProgress = { cursor: null } as const;
const noFailure = { attempts: 0, retry_at: null, last_error: null, last_error_at: null } as const;

function completedPass(nextDueAt: Date | null, asOf: Date | null, now: Date) {
  return {
    pass: sql<number>`pass + 1`,
    due_at: nextDueAt,
    as_of: asOf,
    last_pass_at: now,
    ...noProgress,
    ...noFailure,
  };
}

function progress(pages: readonly Page[], counts: StoreCounts) {
  return {
    pages: sql<number>`pages + ${pages.length}`,
    records: sql<number>`records + ${counts.records}`,
    changed_records: sql<number>`changed_records + ${counts.changedRecords}`,
  };
}

function storedCursor(pages: readonly Page[], asOf: Date | null): string | null {
  const last = pages.at(-1);
  if (last === undefined || asOf === null) return null;
  const stored: StoredCursor = { at: last.cursor, asOf: asOf.toISOString() };
  return JSON.stringify(stored);
}

/** Splits a slice in the caller's transaction. */
async function splitSlice(
  client: pg.PoolClient,
  claimed: ClaimedSlice,
  parts: readonly Interval[],
  dueAt: Date,
  now: Date,
): Promise<void> {
  const { slice } = claimed;
  const db = kyselyOnClient(client);
  await requireClaim(client, claimed, now);
  const whole = await db
    .deleteFrom('extract.slices')
    .where('slice_id', '=', slice.sliceId)
    .returning(['stream', 'priority', 'pass', 'requested_at'])
    .executeTakeFirstOrThrow();
  // The rows of earlier passes are still stored: the parts inherit the pass, so that the watermark
  // does not move back.
  const [first] = await insertParts(db, whole, parts, dueAt);
  if (first !== undefined) await reassignDeadLetters(client, [slice.sliceId], first);
}
