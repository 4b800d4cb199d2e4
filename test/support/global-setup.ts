import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startTestServer, type TestServer } from './test-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server of this run, with the right to create databases. */
    readonly postgresUrl: string;
    /** Begins the name of every database that this run makes. */
    readonly databasePrefix: string;
  }
}

export interface Stage {
  readonly url: string;
  readonly databasePrefix: string;
  stop(): Promise<void>;
}

/** Vitest asks once for each of its projects, and loads this file again for each; they share one stage. */
const shared = globalThis as { warehouseStage?: Promise<Stage> | undefined; isWarehouseBuilt?: boolean };

/** One Postgres for the whole run. Its databases go with it, also from a server that was there before. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  shared.warehouseStage ??= openStage(() => startTestServer(process.env));
  const { url, databasePrefix } = await shared.warehouseStage;
  project.provide('postgresUrl', url);
  project.provide('databasePrefix', databasePrefix);
  return async () => {
    const stage = shared.warehouseStage;
    shared.warehouseStage = undefined;
    await (await stage)?.stop();
  };
}

/** A server and a prefix for the names of its databases, all of which `stop` drops. */
export async function openStage(start: () => Promise<TestServer>): Promise<Stage> {
  if (!shared.isWarehouseBuilt && !isJustBuilt()) buildProgram();
  shared.isWarehouseBuilt = true;
  const server = await start();
  const databasePrefix = `gw_test_${randomBytes(4).toString('hex')}_`;
  process.stderr.write(`Postgres for tests: ${server.label}\n`);
  const stop = async () => {
    await dropDatabases(server.url, databasePrefix);
    await server.stop();
  };
  return { url: server.url, databasePrefix, stop };
}

/** The scripts `test`, `test:long` and `test:postgres` build before they start vitest. */
function isJustBuilt(): boolean {
  return process.env.npm_lifecycle_event?.startsWith('test') ?? false;
}

/** Tests that kill or count processes run the built program: it must be built from the present sources. */
function buildProgram(): void {
  const directory = new URL('../../', import.meta.url);
  // Its complaints about types are the business of `npm run check`; what it emits runs all the same.
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: directory });
  spawnSync(process.execPath, ['scripts/build-page.mjs'], { cwd: directory });
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}
