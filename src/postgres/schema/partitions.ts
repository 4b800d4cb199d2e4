import type { ClientBase, Pool } from 'pg';
import { conversationTables } from '../../conversation/tables.js';
import { lockRows } from '../connection/locks.js';

/** Starts for which partitions exist, by `monthOf`. Shared by all that load through one pool. */
export type PartitionCache = Set<string>;

/** Genesys Cloud began later; an earlier start is invalid, and each such month would cost a dozen tables permanently. */
export const startMsMin = Date.UTC(2010, 0, 1);
export const startAheadMsMax = 366 * 24 * 60 * 60 * 1000;

/** Returns why a conversation with this start cannot be stored, or undefined when it can. */
export function startFault(conversationStart: number, now: Date): string | undefined {
  if (conversationStart >= startMsMin && conversationStart <= now.getTime() + startAheadMsMax) return undefined;
  return `conversationStart is ${new Date(conversationStart).toISOString()}, before 2010 or more than a year ahead.`;
}

/** `y2026m01`, in UTC. */
export function monthOf(epochMs: number): string {
  const at = new Date(epochMs);
  return `y${String(at.getUTCFullYear()).padStart(4, '0')}m${String(at.getUTCMonth() + 1).padStart(2, '0')}`;
}

export function partitionName(table: string, month: string): string {
  return `genesys.${table}_${month}`;
}

const conversationTableNames = conversationTables.map((table) => table.name);

/**
 * Creates the monthly partitions of `tables` (by default those of conversations; a cache belongs to
 * one set of tables) for the given starts (milliseconds since 1970) and for the month after the
 * latest, in its own transaction, before the one that loads. Throws for starts that `startFault`
 * rejects.
 */
export async function ensurePartitions(
  pool: Pool,
  starts: Iterable<number>,
  cache: PartitionCache,
  now: Date,
  tables: readonly string[] = conversationTableNames,
): Promise<void> {
  const months = missingMonths(starts, cache, now);
  if (months.size === 0) return;
  const client = await pool.connect();
  try {
    await client.query('begin');
    await createMonths(client, tables, months.values());
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  for (const month of months.keys()) cache.add(month);
}

/** Creates the missing partitions of `tables` for these instants, in the caller's transaction. */
export async function createMonths(
  client: ClientBase,
  tables: readonly string[],
  instants: Iterable<number>,
): Promise<void> {
  await lockRows(client, 'partitions');
  for (const epochMs of instants) await createMonth(client, tables, monthOf(epochMs), epochMs);
}

/** Finds months without a known partition, with an instant in each. */
function missingMonths(starts: Iterable<number>, cache: PartitionCache, now: Date): Map<string, number> {
  const months = new Map<string, number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    const fault = startFault(start, now);
    if (fault !== undefined) throw new RangeError(fault);
    latest = Math.max(latest, start);
    const month = monthOf(start);
    if (!cache.has(month)) months.set(month, start);
  }
  if (latest !== Number.NEGATIVE_INFINITY) {
    const next = monthStart(latest, 1);
    if (!cache.has(monthOf(next))) months.set(monthOf(next), next);
  }
  return months;
}

function monthStart(epochMs: number, monthsLater: number): number {
  const at = new Date(epochMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + monthsLater, 1);
}

/** Creates a partition through a function of the owner, because the role that loads need not own the tables. */
async function createMonth(
  client: ClientBase,
  tables: readonly string[],
  month: string,
  epochMs: number,
): Promise<void> {
  const from = new Date(monthStart(epochMs, 0)).toISOString().slice(0, 10);
  const missing = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name where to_regclass(format('genesys.%I', name || '_' || $2)) is null`,
    [tables, month],
  );
  for (const { name } of missing.rows) await client.query('select genesys.create_month($1, $2::date)', [name, from]);
}
