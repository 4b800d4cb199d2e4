import type pg from 'pg';
import type { ClaimOptions, Ledger } from '../model/extraction.js';
import { sliceClaim } from './claim.js';
import { ClaimSession } from './ledger/claim-session.js';
import { readHeldSlices } from './ledger/claims.js';
import { readPlannedRanges, writePlan } from './ledger/planning.js';
import { isClaimed, markDue } from './ledger/slices.js';
import { readUserIds } from './ledger/user-ids.js';
import { noErasures, readErasures } from './load/erasures.js';
import { createStore } from './load/store.js';

export interface Warehouse extends Ledger {
  openConversationIds(after: string | null, limit: number): Promise<readonly string[]>;
  userIds(since: Date): Promise<readonly string[]>;
}

/**
 * Creates the database interface of the engine. The caller keeps ownership of the pool, which needs
 * a connection for each slice that is being stored and a few more.
 */
export function createWarehouse(pool: pg.Pool, now: () => Date): Warehouse {
  const store = createStore(pool, now);
  const session = new ClaimSession(pool);
  let erasures = noErasures;
  return {
    plannedRanges: (stream) => readPlannedRanges(pool, stream),
    plan: (plan) => writePlan(pool, plan),
    markDue: (stream, range, now) => markDue(pool, stream, range, now),
    claim: async (options: ClaimOptions) => {
      erasures = await readErasures(pool, erasures);
      const claimed = await session.claim(options);
      return claimed === null ? null : sliceClaim(pool, claimed, { store, session, erasures });
    },
    isClaimed: (stream) => isClaimed(pool, stream),
    held: (streams, at) => readHeldSlices(pool, streams, at),
    openConversationIds: async (after, limit) => {
      const { rows } = await pool.query<{ conversation_id: string }>(
        `select conversation_id from extract.stored_conversations
         where is_open and ($1::uuid is null or conversation_id > $1)
         order by conversation_id limit $2`,
        [after, limit],
      );
      return rows.map((row) => row.conversation_id);
    },
    userIds: (since) => readUserIds(pool, since),
  };
}
