/**
 * Claims: rows of `extract.claims`, which only roles that write can make. A claim is alive while the connection that made it is, and
 * while its process renews it; what a claim stores is committed only while its row exists.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { minuteMs } from '../../lib/interval.js';
import type { HeldSlices } from '../../model/extraction.js';
import { livingSessions, processName, sessionOf } from '../connection/session.js';

/** A process that does not renew its claims for this long (stopped, or disconnected behind a pooler) loses them. */
const claimMsMax = 3 * minuteMs;
const holdersShownMax = 5;
const claimsShownMax = 100;

/** Ids of slices whose claims are alive, as SQL. */
export const claimedSlices = `(
    select claims.slice_id
    from extract.claims
    join ${livingSessions} as living
        on living.pid = claims.session_pid and living.role = claims.session_role and living.key = claims.session_key
    where claims.heartbeat_at > clock_timestamp() - interval '${claimMsMax} milliseconds'
)`;

/**
 * Claims those of the slices that nobody holds, for the session of `client`; returns their ids.
 * Never waits for a claim that is being committed. A commit proves its claim with `claimId`.
 */
export async function takeClaims(
  client: pg.ClientBase,
  sliceIds: readonly string[],
  claimId: string = randomUUID(),
): Promise<string[]> {
  const taken = await insertClaims(client, sliceIds, claimId);
  const left = sliceIds.filter((id) => !taken.includes(id));
  if (left.length === 0 || !(await sweepClaims(client))) return taken;
  return [...taken, ...(await insertClaims(client, left, claimId))];
}

async function insertClaims(client: pg.ClientBase, sliceIds: readonly string[], claimId: string): Promise<string[]> {
  const { pid, role, key } = await sessionOf(client);
  const { rows } = await client.query<{ id: string }>(
    `insert into extract.claims (slice_id, claim_id, holder, session_pid, session_role, session_key)
     select slice_id, $2, $3, $4, $5, $6 from unnest($1::bigint[]) as slice_id order by slice_id
     on conflict (slice_id) do nothing returning slice_id::text as id`,
    [sliceIds, claimId, processName, pid, role, key],
  );
  return rows.map(({ id }) => id);
}

/** Removes claims whose sessions have ended or fallen silent; false when there were none. */
export async function sweepClaims(client: pg.ClientBase): Promise<boolean> {
  const { rowCount } = await client.query(
    `delete from extract.claims where slice_id in (
         select slice_id from extract.claims where slice_id not in ${claimedSlices} for update skip locked
     )`,
  );
  return rowCount !== 0;
}

export async function dropClaim(client: pg.ClientBase | pg.Pool, claimId: string): Promise<void> {
  await client.query('delete from extract.claims where claim_id = $1', [claimId]);
}

/** Returns true when the claim is still held, and locks it: no other process takes it over before the caller's transaction ends. */
export async function holdsClaim(client: pg.ClientBase, sliceId: string, claimId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from extract.claims where slice_id = $1 and claim_id = $2 for update',
    [sliceId, claimId],
  );
  return rowCount === 1;
}

/** Renews the claims, which from now on end with the session of `client`. A claim in the middle of a commit needs no renewal. */
export async function renewClaims(client: pg.ClientBase, claimIds: readonly string[]): Promise<void> {
  const { pid, role, key } = await sessionOf(client);
  await client.query(
    `update extract.claims
     set heartbeat_at = clock_timestamp(), session_pid = $2, session_role = $3, session_key = $4
     where slice_id in (
         select slice_id from extract.claims where claim_id = any($1::uuid[]) for update skip locked
     )`,
    [claimIds, pid, role, key],
  );
}

/** Reads every live claim, by stream and session, for `status`. */
export async function readClaims(pool: pg.Pool): Promise<Readonly<Record<string, unknown>>[]> {
  const { rows } = await pool.query(
    `select slices.stream, count(*)::integer as slice_count, claims.holder, living.pid as session, living.application,
         living.role_name as role, min(claims.claimed_at) as since
     from extract.claims
     join ${livingSessions} as living
         on living.pid = claims.session_pid and living.role = claims.session_role and living.key = claims.session_key
     join extract.slices on slices.slice_id = claims.slice_id
     group by slices.stream, claims.holder, living.pid, living.application, living.role_name
     order by since, slices.stream limit ${claimsShownMax}`,
  );
  return rows;
}

/** Reads which processes hold due slices of these streams, most slices first, at most `holdersShownMax`. */
export async function readHeldSlices(pool: pg.Pool, streams: readonly string[], now: Date): Promise<HeldSlices[]> {
  const { rows } = await pool.query<HeldSlices>(
    `select count(*)::integer as slices, min(claims.claimed_at) as since, min(claims.holder) as holder,
         living.pid, min(living.application) as application, min(living.role_name) as role
     from extract.claims
     join ${livingSessions} as living
         on living.pid = claims.session_pid and living.role = claims.session_role and living.key = claims.session_key
     join extract.slices on slices.slice_id = claims.slice_id
     where slices.stream = any($1) and slices.due_at <= $2 and (slices.retry_at is null or slices.retry_at <= $2)
         and claims.heartbeat_at > clock_timestamp() - interval '${claimMsMax} milliseconds'
     group by living.pid order by slices desc, living.pid limit ${holdersShownMax}`,
    [streams, now],
  );
  return rows;
}
