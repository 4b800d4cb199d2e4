import { sql } from 'kysely';
import type pg from 'pg';
import type { Interval } from '../lib/interval.js';
import { type Page, type SliceClaim, type StoreCounts, snapshotStreams } from '../model/extraction.js';
import { type Db, kyselyOnClient } from './connection/kysely.js';
import { transactionOn } from './connection/transaction.js';
import { forgetMended, handOverLetters } from './ledger/dead-letters.js';
import { type ClaimedSlice, insertSlices, type StoredCursor, unlockSlice } from './ledger/slices.js';
import { type Store, storePages } from './load/store.js';
import { markDaysWithData } from './schema/dimension-tables.js';

const errorCharactersMax = 2_000;

/** A claim over `client`, which carries the slice's advisory lock and from now on belongs to the claim until `release`. */
export function sliceClaim(client: pg.PoolClient, claimed: ClaimedSlice, store: Store): SliceClaim {
  const { slice } = claimed;
  const db = kyselyOnClient(client);
  const thisSlice = () => db.updateTable('extract.slices').where('slice_id', '=', slice.sliceId);
  // The pass vouches for the earliest of its pages, also when it was resumed by another process.
  let asOf = claimed.asOf;

  const put = (pages: readonly Page[], finish: (counts: StoreCounts) => Promise<void>) =>
    storePages(client, store, slice, pages, async (counts) => {
      for (const page of pages) if (asOf === null || page.asOf < asOf) asOf = page.asOf;
      await finish(counts);
    });

  return {
    slice,
    commit: (pages) =>
      put(pages, async (counts) => {
        await thisSlice()
          .set({ ...progress(pages, counts), cursor: storedCursor(pages, asOf), last_attempt_at: store.now() })
          .execute();
      }),
    complete: (pages, nextDueAt) =>
      put(pages, async (counts) => {
        await thisSlice()
          .set({
            ...progress(pages, counts),
            pass: sql`pass + 1`,
            due_at: nextDueAt,
            as_of: asOf,
            last_pass_at: store.now(),
            last_attempt_at: store.now(),
            ...noProgress,
            ...noFailure,
          })
          .execute();
        if (asOf !== null) await forgetMended(client, slice, asOf);
        if (!snapshotStreams.includes(slice.stream)) await markDaysWithData(client, slice.interval);
      }),
    fail: async (message, retryAt) => {
      await thisSlice()
        .set({
          attempts: sql`attempts + 1`,
          retry_at: retryAt,
          last_attempt_at: store.now(),
          last_error: message.slice(0, errorCharactersMax),
          last_error_at: store.now(),
        })
        .execute();
    },
    defer: async (_message, retryAt) => {
      await thisSlice().set({ retry_at: retryAt, last_attempt_at: store.now() }).execute();
    },
    split: (parts, dueAt) => splitSlice(client, db, claimed, parts, dueAt),
    restart: async (message) => {
      await thisSlice()
        .set({ ...noProgress, last_error: message.slice(0, errorCharactersMax), last_error_at: store.now() })
        .execute();
    },
    release: () => releaseClient(client, slice.sliceId),
  };
}

const noProgress = { cursor: null } as const;
const noFailure = { attempts: 0, retry_at: null, last_error: null, last_error_at: null } as const;

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

async function splitSlice(
  client: pg.PoolClient,
  db: Db,
  claimed: ClaimedSlice,
  parts: readonly Interval[],
  dueAt: Date,
): Promise<void> {
  const { slice } = claimed;
  await transactionOn(client, async () => {
    const whole = await db
      .deleteFrom('extract.slices')
      .where('slice_id', '=', slice.sliceId)
      .returning(['priority', 'pass', 'requested_at'])
      .executeTakeFirstOrThrow();
    // What was pulled before is still there: the parts are owed the same pass, and a watermark does not fall back to them.
    const history = { pass: whole.pass, requestedAt: whole.requested_at };
    const [first] = await insertSlices(
      db,
      { name: slice.stream, priority: whole.priority },
      parts,
      () => dueAt,
      history,
    );
    if (first !== undefined) await handOverLetters(client, [slice.sliceId], first);
  });
}

async function releaseClient(client: pg.PoolClient, sliceId: string): Promise<void> {
  try {
    await unlockSlice(client, sliceId);
    client.release();
  } catch (error) {
    // A connection that cannot unlock is broken; closing it frees the lock on the server.
    client.release(error as Error);
  }
}
