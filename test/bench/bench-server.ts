import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';

export const directory = fileURLToPath(new URL('../../', import.meta.url));

export interface BenchDatabase {
  readonly url: string;
  /** Goes with the server, unless it is kept. */
  readonly folder: string;
  /** One more database of the same server: empty, unless a former run kept it. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** A Postgres of the bench's own, in a folder that goes with it, or in `kept`, which stays for the next run. */
export async function startBenchDatabase(kept?: string): Promise<BenchDatabase> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'genesys-warehouse-bench-')));
  if (kept !== undefined) await mkdir(kept, { recursive: true });
  // Started by root, the server runs as nobody, who has to be let in.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDirectory: folder });
  let count = 0;
  return {
    url: server.url,
    folder,
    create: async () => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      count += 1;
      const name = `bench_${count}`;
      const found = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (found.rowCount === 0) await client.query(`create database ${name}`);
      await client.end();
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      await server.stop();
      if (kept === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface BenchSandbox {
  readonly url: string;
  stop(): void;
}

/** The sandbox in a process of its own, so that its work is not counted as the extractor's. */
export async function startBenchSandbox(
  conversationsPerDay: number,
  at: Date,
  further: readonly string[] = [],
): Promise<BenchSandbox> {
  const args = [
    'sandbox',
    '--port',
    '0',
    '--requests-per-minute',
    'unlimited',
    '--no-gzip',
    '--clock',
    at.toISOString(),
    ...further,
  ];
  const child = spawn(
    process.execPath,
    ['dist/main.js', ...args, '--agents', '500', '--conversations-per-day', String(conversationsPerDay)],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /GENESYSCLOUD_API_URL=(\S+)/.exec(text);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.on('exit', () => reject(new Error('The sandbox did not start.')));
  });
  return { url, stop: () => void child.kill() };
}

export function benchEnvironment(sandbox: BenchSandbox, databaseUrl: string): Record<string, string> {
  return {
    GENESYSCLOUD_API_URL: sandbox.url,
    GENESYSCLOUD_OAUTHCLIENT_ID: 'sandbox',
    GENESYSCLOUD_OAUTHCLIENT_SECRET: 'sandbox-secret',
    GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '10000',
    GENESYS_WAREHOUSE_LOG_LEVEL: 'warn',
    DATABASE_URL: databaseUrl,
  };
}
