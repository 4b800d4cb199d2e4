import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, testPool } from '../support/postgres.js';
import { environmentFor, type ProgramRun, runCommand } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';

/** A database that has pulled from a sandbox with a fixed clock, and an empty folder for its lake. */
export interface LakeSource {
  readonly sandbox: Sandbox;
  readonly pool: pg.Pool;
  readonly root: string;
  run(...args: string[]): Promise<ProgramRun>;
  close(): Promise<void>;
}

export const at = new Date('2026-03-12T15:07:00Z');

/** Pulls the days from `start` (such as `2d`) into a new database that reports in the zone of Berlin. */
export async function lakeSource(start: string, size: Partial<SandboxOptions> = {}): Promise<LakeSource> {
  const sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
    ...size,
  });
  const database = await migratedDatabase('Europe/Berlin');
  const pool = testPool(database.url);
  const root = await mkdtemp(join(scratchFolder(), 'lake-'));
  const environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_TIME_ZONE: 'Europe/Berlin',
    GENESYS_WAREHOUSE_START: start,
  };
  const run = (...args: string[]) => runCommand(args, sandbox, environment);
  const { status, output } = await run('sync');
  if (status !== 0) throw new Error(`The sync before the tests failed: ${output}`);
  const close = async () => {
    await pool.end();
    await database.drop();
    await sandbox.close();
    await rm(root, { recursive: true, force: true });
  };
  return { sandbox, pool, root, run, close };
}
