import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { asError, UsageError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import { completeBinaries, installedBinaries, installedPackage } from './binaries.js';
import { type Cluster, openCluster } from './cluster.js';
import { type LaunchOptions, launch } from './launch.js';
import { findPostmaster, isAlive, type Postmaster, removeUnfinished, stopPostmaster } from './process.js';
import { assertReachable, serverUser } from './user.js';

export interface EmbeddedOptions {
  /** Home of the data, the password file and the server's log; created when missing. */
  readonly dataDirectory: string;
  /**
   * True (the default): the server ends with this process in any case. False: it outlives this
   * process, and the next start finds it again.
   */
  readonly tie?: boolean;
  /** Server settings that override the program's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder of a platform package other than the installed one, e.g. of an older Postgres. */
  readonly packageDirectory?: string;
  /** Folder of the programs of an installed Postgres, which is then used instead of a package. */
  readonly binariesDirectory?: string;
  readonly log?: Log;
}

export interface EmbeddedPostgres {
  /** URL of the database `genesys_warehouse`, including the password. */
  readonly url: string;
  /** True when the server was already running; then this process must not stop it. */
  readonly attached: boolean;
  /** Stops the server within seconds, unless it was only attached to. Safe to call twice. */
  stop(): Promise<void>;
}

const databaseName = 'genesys_warehouse';
const attemptsMax = 6;
const attemptDelayMs = 250;
const connectMsMax = 10_000;
const startingPolls = 1_200;
const duplicateDatabase = '42P04';
/** Error of two starters that create the database at the same instant. */
const uniqueViolation = '23505';

/**
 * Starts a real Postgres on a free loopback port, from programs that come with the package; for
 * trials and tests. Attaches to a server that already runs on the directory, recovers a crashed
 * one, and may be called by several processes at once: one starts the server, the others attach to
 * it. Throws a UsageError if the machine does not allow it.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const home = resolve(options.dataDirectory);
  const user = await serverUser(join(home, 'cluster', 'data'));
  await mkdir(home, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`The folder ${home} cannot be created (${asError(error).message}); set DATABASE_URL`);
  });
  await assertReachable(home, user);
  await removeUnfinished(home);
  const { binariesDirectory, packageDirectory } = options;
  const binaries =
    binariesDirectory === undefined
      ? await completeBinaries(packageDirectory ?? installedPackage(), home, user)
      : await installedBinaries(binariesDirectory, user);
  const cluster = await openCluster(home, binaries, user);
  const { tie = true, settings = {} } = options;
  const { postmaster, attached } = await attachOrLaunch({ binaries, cluster, user, tie, settings });
  const url = serverUrl(cluster, postmaster.port, databaseName);
  await ensureDatabase(cluster, postmaster.port);
  options.log?.debug({ port: postmaster.port, directory: home, attached }, 'embedded Postgres is ready');
  return { url, attached, stop: async () => (attached ? undefined : stopPostmaster(postmaster.pid)) };
}

/** Stops the server that runs on the directory, even if another process started it. Returns false when none runs. */
export async function stopEmbeddedPostgres(dataDirectory: string): Promise<boolean> {
  const postmaster = await findPostmaster(join(resolve(dataDirectory), 'cluster', 'data'));
  if (postmaster === undefined) return false;
  await stopPostmaster(postmaster.pid);
  return true;
}

async function attachOrLaunch(options: LaunchOptions): Promise<{ postmaster: Postmaster; attached: boolean }> {
  let fault: unknown;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const running = await runningServer(options.cluster);
    if (running !== undefined) return { postmaster: running, attached: true };
    try {
      return { postmaster: await launch(options), attached: false };
    } catch (error) {
      // Another starter was faster, the port was taken meanwhile, or processes of a killed server
      // still hold its memory.
      fault = error;
      await pause(attemptDelayMs * (attempt + 1));
    }
  }
  throw fault;
}

/** Returns a running server that accepts the password; waits for one that is starting or stopping. */
async function runningServer(cluster: Cluster): Promise<Postmaster | undefined> {
  for (let poll = 0; poll < startingPolls; poll++) {
    const postmaster = await findPostmaster(cluster.dataDirectory);
    if (postmaster === undefined) return undefined;
    if (postmaster.isReady && (await answers(cluster, postmaster))) return postmaster;
    if (!isAlive(postmaster.pid)) return undefined;
    await pause(attemptDelayMs);
  }
  throw new Error(`The embedded Postgres in ${cluster.dataDirectory} is neither ready nor stopped`);
}

async function answers(cluster: Cluster, postmaster: Postmaster): Promise<boolean> {
  try {
    await withClient(serverUrl(cluster, postmaster.port, 'postgres'), (client) => client.query('select 1'));
    return true;
  } catch {
    return false;
  }
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  await withClient(serverUrl(cluster, port, 'postgres'), async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (found.rowCount) return;
    await client.query(`create database ${databaseName}`).catch((error: { code?: string }) => {
      if (error.code !== duplicateDatabase && error.code !== uniqueViolation) throw error;
    });
  });
}

async function withClient<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, ssl: false, connectionTimeoutMillis: connectMsMax });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function serverUrl(cluster: Cluster, port: number, database: string): string {
  return `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;
}
