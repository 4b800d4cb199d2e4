import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';
import { environmentFor, runCommand } from '../../support/program.js';

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(
  (path) => spawnSync(path, ['--version']).status === 0,
);
const at = new Date('2026-03-12T06:12:00Z');
if (program === undefined) process.stderr.write('pgbouncer is not installed: its tests are skipped\n');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(program === undefined)('behind pgbouncer', () => {
  let sandbox: Sandbox;
  let database: TestDatabase;
  let directory: string;
  const bouncers: ChildProcess[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 9, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
    database = await createDatabase();
    directory = await mkdtemp(join(tmpdir(), 'genesys-warehouse-pooler-'));
    await chmod(directory, 0o755);
  });
  afterAll(async () => {
    for (const bouncer of bouncers) bouncer.kill('SIGKILL');
    await database?.drop();
    await sandbox?.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** The address of the database through a pooler of that mode. */
  async function throughPooler(mode: string, extra = ''): Promise<string> {
    const port = await freePort();
    const server = new URL(database.url);
    const target = `host=${server.hostname} port=${server.port || 5432} user=${server.username} password=${decodeURIComponent(server.password)}`;
    const file = join(directory, `${mode}.ini`);
    await writeFile(
      file,
      `[databases]\n${database.name} = ${target} dbname=${database.name}\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=${port}\nauth_type=any\npool_mode=${mode}\ndefault_pool_size=30\nunix_socket_dir=\nignore_startup_parameters=extra_float_digits\n${extra}`,
    );
    await chmod(file, 0o644);
    const asRoot = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
    bouncers.push(spawn(program as string, [...asRoot, file], { stdio: 'ignore' }));
    const url = new URL(database.url);
    url.port = String(port);
    for (let looks = 0; looks < 100; looks += 1) {
      const client = new pg.Client({ connectionString: url.href });
      const isUp = await client.connect().then(
        () => true,
        () => false,
      );
      await client.end().catch(() => {});
      if (isUp) return url.href;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('pgbouncer did not start.');
  }

  test.each(['transaction', 'statement'])('in %s mode every command is refused in one sentence', async (mode) => {
    const url = await throughPooler(mode);
    for (const command of ['migrate', 'sync', 'status']) {
      const { status, output } = await runCommand([command], sandbox, environmentFor(sandbox, url));
      expect([command, status]).toEqual([command, 2]);
      expect(output).toMatch(
        /is behind a connection pooler in transaction or statement mode, which shares sessions\. Use /,
      );
    }
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(`select to_regclass('extract.claims') as claims`);
    expect(rows).toEqual([{ claims: null }]);
    await client.end();
  });

  test('warm connections that are handed out in turn hide nothing', async () => {
    const url = await throughPooler('transaction', 'server_round_robin=1\n');
    const busy = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query('begin');
        return client;
      }),
    );
    for (const client of busy) await client.end();
    const { status, output } = await runCommand(['status'], sandbox, environmentFor(sandbox, url));
    expect(status).toBe(2);
    expect(output).toMatch(/transaction or statement mode/);
  });

  test('in session mode everything works, and no claim is left', { timeout: 180_000 }, async () => {
    const url = await throughPooler('session');
    const environment = { ...environmentFor(sandbox, url), GENESYS_WAREHOUSE_START: '2026-03-11T00:00:00Z' };
    expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as count from extract.claims');
    expect(rows).toEqual([{ count: 0 }]);
    await client.end();
  });
});
