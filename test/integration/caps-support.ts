import type pg from 'pg';
import { expect } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, missingConversations, runCommand } from '../support/program.js';

export const at = new Date('2026-03-14T06:07:00Z');
export const day = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };

export interface Warehouse {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly backfill: (stream: string, ...more: string[]) => ReturnType<typeof runCommand>;
  readonly run: (...args: string[]) => ReturnType<typeof runCommand>;
}

const opened: Warehouse[] = [];

/** A sandbox with the options, and an empty warehouse; `closeAll` ends them. */
export async function openWarehouse(options: SandboxOptions = {}): Promise<Warehouse> {
  const sandbox = await startSandbox({
    seed: 4,
    conversationsPerDay: 250,
    agents: 20,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
    ...options,
  });
  const database = await migratedDatabase();
  const run = (...args: string[]) => runCommand(args, sandbox, environmentFor(sandbox, database.url));
  const backfill = (stream: string, ...more: string[]) =>
    run('backfill', '--from', day.from, '--to', day.to, '--stream', stream, ...more);
  const warehouse = { sandbox, database, pool: testPool(database.url), run, backfill };
  opened.push(warehouse);
  return warehouse;
}

export async function closeAll(): Promise<void> {
  for (const { sandbox, database, pool } of opened.splice(0)) {
    await pool.end();
    await database.drop();
    await sandbox.close();
  }
}

interface Covered {
  readonly slices: number;
  readonly unfinished: number;
  readonly from: Date;
  readonly to: Date;
  /** Hours of all slices together; the range's length where nothing overlaps. */
  readonly hours: number;
}

export async function covered(pool: pg.Pool, stream: string): Promise<Covered> {
  const { rows } = await pool.query<Covered>(
    `select count(*)::int as slices, count(*) filter (where pass = 0)::int as unfinished, min(slice_from) as "from", max(slice_to) as "to",
         extract(epoch from sum(slice_to - slice_from))::float8 / 3600 as hours
     from extract.slices where stream = $1`,
    [stream],
  );
  return rows[0] as Covered;
}

export async function expectWhole(pool: pg.Pool, stream: string, slicesMin: number): Promise<void> {
  const { slices, ...rest } = await covered(pool, stream);
  expect(rest).toEqual({ unfinished: 0, from: new Date(day.from), to: new Date(day.to), hours: 24 });
  expect(slices).toBeGreaterThanOrEqual(slicesMin);
}

export async function expectTruth({ pool, sandbox }: Warehouse): Promise<void> {
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await missingConversations(pool, sandbox, new Date(day.from), new Date(day.to))).toEqual([]);
}

/** The figures of an interval relation, by interval and metric. */
export async function figuresOf(pool: pg.Pool, relation: string) {
  const { rows } = await pool.query(
    `select interval_start, metric, count(*)::int as rows, sum(count)::int as count, sum(sum)::float8 as sum
     from genesys.${relation} group by 1, 2 order by 1, 2`,
  );
  return rows;
}
