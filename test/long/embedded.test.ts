import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { completeBinaries, installedPackage } from '../../src/postgres/embedded/binaries.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../../src/postgres/embedded/index.js';
import { isRunning } from '../../src/postgres/embedded/process.js';
import { findSystemUser, serverUser } from '../../src/postgres/embedded/user.js';

const starter = join(import.meta.dirname, 'embedded-starter.ts');
const goneMsMax = 15_000;

let dataDirectory = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'genesys-warehouse-embedded-'));
  // Made for one user only; started by root, the server is somebody else.
  await chmod(dataDirectory, 0o755);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stopEmbeddedPostgres(dataDirectory);
  await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Starts the embedded Postgres in a process of its own, which then waits to be killed. */
async function startElsewhere(tie: boolean): Promise<{ child: ChildProcess; server: EmbeddedPostgres }> {
  const child = spawn(process.execPath, ['--import', 'tsx', starter, dataDirectory, String(tie)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
    return { child, server: JSON.parse(line) as EmbeddedPostgres };
  }
  throw new Error('the starter ended without an answer');
}

async function postmasterPid(): Promise<number> {
  const file = join(dataDirectory, 'cluster', 'data', 'postmaster.pid');
  return Number((await readFile(file, 'utf8')).split('\n')[0]);
}

async function isGone(pid: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < goneMsMax && isRunning(pid); waitedMs += 20) await pause(20);
  return !isRunning(pid);
}

test('a server starts from nothing, sorts by code point in UTF-8, keeps UTC and stops', async () => {
  const server = await startEmbeddedPostgres({ dataDirectory });
  const pid = await postmasterPid();
  expect(server.attached).toBe(false);
  expect(
    await query(server.url, `select 'É' > 'z' as sorted, lower('É') as folded, now()::text ~ '\\+00$' as utc`),
  ).toEqual([{ sorted: true, folded: 'é', utc: true }]);
  expect(await query(server.url, 'select current_database() as name')).toEqual([{ name: 'genesys_warehouse' }]);
  await server.stop();
  await server.stop();
  expect(isRunning(pid)).toBe(false);
});

test('the password file is for its owner only and a wrong password is refused', async () => {
  const server = await startEmbeddedPostgres({ dataDirectory });
  expect((await stat(join(dataDirectory, 'cluster', 'password'))).mode & 0o777).toBe(0o600);
  await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
});

test.runIf(process.getuid?.() === 0)(
  'started by root, the password belongs to root and not to the user of the server',
  async () => {
    const server = await startEmbeddedPostgres({ dataDirectory });
    expect(await stat(join(dataDirectory, 'cluster', 'password'))).toMatchObject({ uid: 0, gid: 0 });
    const owner = (await stat(join(dataDirectory, 'cluster', 'data'))).uid;
    expect(owner).not.toBe(0);
    // The data stays with its present user, even if another one would be chosen today.
    expect(await serverUser(join(dataDirectory, 'cluster', 'data'))).toMatchObject({ uid: owner });
    await server.stop();
    expect((await startEmbeddedPostgres({ dataDirectory })).attached).toBe(false);
  },
);

test('programs of an installed Postgres serve instead of those of the package', async () => {
  const user = await serverUser();
  const packaged = await completeBinaries(installedPackage(), join(dataDirectory, 'cache'), user);
  const server = await startEmbeddedPostgres({ dataDirectory, binariesDirectory: dirname(packaged.postgres) });
  expect(await query(server.url, 'show server_version_num')).toEqual([
    { server_version_num: expect.stringMatching(new RegExp(`^${packaged.majorVersion}`)) },
  ]);
});

test('a folder without programs of Postgres is refused in one sentence', async () => {
  const start = startEmbeddedPostgres({ dataDirectory, binariesDirectory: join(dataDirectory, 'nothing') });
  await expect(start).rejects.toThrow(UsageError);
  await expect(start).rejects.toThrow(/GENESYS_WAREHOUSE_EMBEDDED_BIN names no folder of Postgres programs/);
});

test('a user of this machine is found by name, and root is none', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\ngenesys-warehouse:x:998:997::/var/lib/x:/usr/sbin/nologin\nbroken\n';
  expect(findSystemUser(passwd, 'genesys-warehouse')).toEqual({ uid: 998, gid: 997 });
  for (const name of ['root', 'broken', 'absent']) expect(findSystemUser(passwd, name)).toBeUndefined();
});

test('a second start on the same data attaches to the running server and leaves it running', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(second).toMatchObject({ url: first.url, attached: true });
  await second.stop();
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('data and port survive a restart', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  await query(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(second.url).toBe(first.url);
});

test('a server that was killed with -9 starts again with all that was committed', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  await query(first.url, 'create table kept as select 42 as answer');
  process.kill(await postmasterPid(), 'SIGKILL');
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(second.attached).toBe(false);
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a stale process file whose number now belongs to another program does not stop a start', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  const file = join(dataDirectory, 'cluster', 'data', 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  await first.stop();
  await writeFile(file, text.replace(/^\d+/, String(process.pid)));
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(second.attached).toBe(false);
  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('two processes that start at once on an empty folder share one server', async () => {
  const started = await Promise.all([startElsewhere(true), startElsewhere(true)]);
  const [first, second] = started.map(({ server }) => server);
  expect(first?.url).toBe(second?.url);
  expect(started.filter(({ server }) => server.attached)).toHaveLength(1);
});

test('kill -9 of the process that started a tied server leaves no server', async () => {
  const { child } = await startElsewhere(true);
  const pid = await postmasterPid();
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  expect(await isGone(pid)).toBe(true);
});

test('a server that is not tied outlives its starter and is found again', async () => {
  const { child, server } = await startElsewhere(false);
  const pid = await postmasterPid();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const found = await startEmbeddedPostgres({ dataDirectory });
  expect(found).toMatchObject({ url: server.url, attached: true });
  expect(await stopEmbeddedPostgres(dataDirectory)).toBe(true);
  expect(await isGone(pid)).toBe(true);
  expect(await stopEmbeddedPostgres(dataDirectory)).toBe(false);
});

test('data of another Postgres version is refused in one sentence', async () => {
  const server = await startEmbeddedPostgres({ dataDirectory });
  await server.stop();
  await writeFile(join(dataDirectory, 'cluster', 'data', 'PG_VERSION'), '12\n');
  await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow(/is of version 12.*DATABASE_URL/);
});

test.runIf(process.getuid?.() === 0)(
  'started by root below a closed folder, the sentence names that folder',
  async () => {
    await chmod(dataDirectory, 0o700);
    const inside = startEmbeddedPostgres({ dataDirectory: join(dataDirectory, 'inside') });
    await expect(inside).rejects.toThrow(`may not enter ${dataDirectory};`);
  },
);

/** As an installation leaves it that runs no install scripts: without the links between its libraries. */
async function unlinkedPackage(directory: string): Promise<string> {
  const root = join(directory, 'package');
  await cp(installedPackage(), root, { recursive: true, verbatimSymlinks: true });
  const library = join(root, 'native', 'lib');
  for (const entry of await readdir(library, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(library, entry.name));
  }
  return root;
}

function versionOf(program: string, as: { uid?: number } = {}): string {
  return execFileSync(program, ['--version'], { ...as, cwd: '/', encoding: 'utf8' });
}

test('library links that the installation left out are made', async () => {
  const root = await unlinkedPackage(dataDirectory);
  const binaries = await completeBinaries(root, join(dataDirectory, 'cache'), undefined);
  expect(binaries.postgres.startsWith(root)).toBe(true);
  expect(versionOf(binaries.postgres)).toContain(`PostgreSQL) ${binaries.majorVersion}.`);
});

test.runIf(process.getuid?.() === 0)('programs that the server may not reach are copied to where it can', async () => {
  const root = await unlinkedPackage(dataDirectory);
  await chmod(root, 0o700);
  const nobody = { uid: 65_534, gid: 65_534 };
  const cache = join(dataDirectory, 'cache');
  const first = await completeBinaries(root, cache, nobody);
  expect(first.postgres.startsWith(cache)).toBe(true);
  expect(versionOf(first.postgres, nobody)).toContain('PostgreSQL');
  expect(await completeBinaries(root, cache, nobody)).toEqual(first);
});
