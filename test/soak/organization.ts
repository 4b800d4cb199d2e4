import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { dayMs, plus } from '../../src/lib/interval.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';
import { type ClockOptions, type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import type { World } from '../../src/sandbox/world.js';
import type { SoakOptions } from './options.js';

/** Records are made back to here before the soak's first instant, so that the first day knows long conversations as every other does. */
const dataAgeMs = 90 * dayMs;
const connectionsMax = 4;

/** A month of the organisation is minutes of the machine, but vacuum's rest is at least a second: it sleeps longer than in real life, not shorter. */
const settings = { autovacuum_naptime: '1s', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export interface SoakDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  stop(): Promise<void>;
}

/** A server of the soak's own, in a folder that goes with it; `TEST_DATABASE_URL` where that is set. */
export async function startDatabase(): Promise<SoakDatabase> {
  const given = process.env.TEST_DATABASE_URL;
  const folder = await mkdtemp(join(tmpdir(), 'genesys-warehouse-soak-'));
  // Made for one user only; started by root, the server is somebody else.
  await chmod(folder, 0o755);
  const server = given === undefined ? await startEmbeddedPostgres({ dataDirectory: folder, settings }) : undefined;
  const url = new URL(given ?? server?.url ?? '');
  const name = `genesys_warehouse_soak_${process.pid}`;
  await onServer(url.href, `create database ${name}`);
  const serverUrl = url.href;
  url.pathname = `/${name}`;
  const pool = createPool({
    connectionString: url.href,
    applicationName: 'soak',
    max: connectionsMax,
    statementTimeoutMs: 600_000,
  });
  const stop = async () => {
    await pool.end();
    await onServer(serverUrl, `drop database ${name} with (force)`);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: url.href, pool, stop };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** The world, created once: it is a function of the options alone. */
let made: World | undefined;

/** Starts the organisation, with a running or a frozen clock. */
export function startOrganization(
  { seed, agents, conversationsPerDay }: SoakOptions,
  from: Date,
  clock: ClockOptions,
): Promise<Sandbox> {
  return startSandbox({
    seed,
    agents,
    conversationsPerDay,
    clock,
    createWorld: (world) => {
      made ??= createWorld(world);
      return made;
    },
    dataFrom: plus(from, -dataAgeMs),
    requestsPerMinute: 'unlimited',
    jobDurationMs: 0,
    jobExpiryMs: 7 * dayMs,
  });
}
