/**
 * Lists every lock of the program. Advisory locks need no privilege in Postgres: any role that may
 * connect can take any key and hold it. Therefore the program only waits for rows and tables of
 * schema `extract`, which only its own roles can lock.
 */
import type { ClientBase } from 'pg';

/** Rows of `extract.locks` by name: one operation at a time of each name and bucket, until its transaction ends. */
export const lockNames = {
  /** Creating monthly partitions. */
  partitions: 'partitions',
  /** Planning; the key is the stream's name. */
  plans: 'plans',
  /** Storing interval facts; the key is a relation and a UTC day. */
  intervalDays: 'interval_days',
  /** Storing status spans; the key is the relation. */
  statusSpans: 'status_spans',
  /** Computing day sums; the key is a table of day sums and a local day. */
  daySums: 'day_sums',
  /** Reconciling; the key is the number of a UTC day since 1970. */
  reconciledDays: 'reconciled_days',
} as const;
export type LockName = keyof typeof lockNames;

/** Tables that serve as gates: many transactions may pass at a time, unless one has closed the gate. */
export const gates = {
  /** Passed by every transaction that stores; closed by one that registers an erasure or changes the schema. */
  storing: 'extract.storing_gate',
  /** Passed by every transaction that computes day sums; closed by the one that changes their time zone. */
  zone: 'extract.zone_gate',
} as const;
export type Gate = keyof typeof gates;

/**
 * First key of the only advisory locks: each connection that claims slices holds one of its own to
 * show that it is alive. It is checked together with the connection's process and role, so that
 * taking the same key gains nothing.
 */
export const signOfLifeClass = 7_236_412;

/** Buckets per lock name. Two keys in one bucket wait for each other needlessly, which is rare and harmless. */
const buckets = 256;

const rows = `select from extract.locks where name = $1 and bucket = any(array(
    select (hashtext(key) & ${buckets - 1})::smallint from unnest($2::text[]) as key
)) order by bucket for update`;

/**
 * Locks these keys of `name` until the caller's transaction ends, in the same order everywhere;
 * waits at most `lock_timeout`.
 */
export async function lockRows(client: ClientBase, name: LockName, keys: readonly string[] = ['']): Promise<void> {
  await client.query(rows, [lockNames[name], keys]);
}

/** Locks a key without waiting. Returns false when another transaction holds it. */
export async function tryLockRow(client: ClientBase, name: LockName, key: string): Promise<boolean> {
  const { rowCount } = await client.query(`${rows} skip locked`, [lockNames[name], [key]]);
  return rowCount === 1;
}

/** Keeps the gate open until the caller's transaction ends; waits while it is closed. Costs no write. */
export async function passGate(client: ClientBase, gate: Gate): Promise<void> {
  await client.query(`lock table ${gates[gate]} in row share mode`);
}

/**
 * Closes the gate: waits for all transactions that have passed it, and keeps others out until the
 * caller's transaction ends.
 */
export async function closeGate(client: ClientBase, gate: Gate): Promise<void> {
  await client.query(`lock table ${gates[gate]} in exclusive mode`);
}
