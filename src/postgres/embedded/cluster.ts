import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError, UsageError } from '../../lib/errors.js';
import type { Binaries } from './binaries.js';
import { unfinishedPath } from './process.js';
import type { ServerUser } from './user.js';

/** A cluster on disk, running or not. */
export interface Cluster {
  readonly dataDirectory: string;
  readonly logFile: string;
  /** File with the server's last port, so that clients find it again. */
  readonly portFile: string;
  readonly password: string;
}

const initdbMsMax = 120_000;
const passwordBytes = 24;
const builtinLocaleSince = 17;
const clusterName = 'cluster';

/**
 * Opens the cluster under `home`, creating it if there is none. Safe when several processes start
 * at once: each builds its own, including the password, and renames it into place; the first rename
 * wins.
 */
export async function openCluster(home: string, binaries: Binaries, user: ServerUser | undefined): Promise<Cluster> {
  const existing = await readCluster(home);
  if (existing !== undefined) return assertVersion(existing, home, binaries);
  const fresh = unfinishedPath(join(home, clusterName));
  try {
    await createCluster(fresh, binaries, user);
    await rename(fresh, join(home, clusterName));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const winner = await readCluster(home);
    if (winner !== undefined) return winner;
    throw error;
  }
  const created = await readCluster(home);
  if (created === undefined) throw new Error(`${home} lost its cluster right after its creation`);
  return created;
}

async function readCluster(home: string): Promise<Cluster | undefined> {
  const root = join(home, clusterName);
  try {
    const password = (await readFile(join(root, 'password'), 'utf8')).trim();
    return {
      dataDirectory: join(root, 'data'),
      logFile: join(root, 'postgres.log'),
      portFile: join(root, 'port'),
      password,
    };
  } catch (error) {
    const { code, message } = asError(error) as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UsageError(
      `The embedded Postgres in ${home} cannot be used (${message}); start as the user who created it, or remove that folder`,
      { cause: error },
    );
  }
}

async function assertVersion(cluster: Cluster, home: string, binaries: Binaries): Promise<Cluster> {
  const version = (await readFile(join(cluster.dataDirectory, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === binaries.majorVersion) return cluster;
  throw new UsageError(
    `The embedded Postgres data in ${home} is of version ${version || 'unknown'}, this program includes version ${binaries.majorVersion}; remove that folder to start with an empty database, or set DATABASE_URL`,
  );
}

async function createCluster(root: string, binaries: Binaries, user: ServerUser | undefined): Promise<void> {
  const data = join(root, 'data');
  const password = join(root, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(password, `${randomBytes(passwordBytes).toString('base64url')}\n`, { mode: 0o600 });
  if (user !== undefined) for (const path of [root, data, password]) await chown(path, user.uid, user.gid);
  const access = ['--username=postgres', `--pwfile=${password}`, '--auth=scram-sha-256'];
  try {
    await promisify(execFile)(
      binaries.initdb,
      [`--pgdata=${data}`, ...access, ...localeOf(binaries), '--no-instructions'],
      {
        ...user,
        ...serverSurroundings,
        cwd: root,
        timeout: initdbMsMax,
      },
    );
    // Only initdb reads it as the server's user, which other daemons may share.
    if (user !== undefined) await chown(password, 0, 0);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? asError(error).message;
    throw new UsageError(
      `The embedded Postgres could not create its data directory in ${root} (${said}); set DATABASE_URL to use a server instead`,
      { cause: error },
    );
  }
}

/** The builtin provider sorts by code point on every platform, whichever locales the system has; versions before 17 lack it. */
function localeOf({ majorVersion }: Binaries): string[] {
  if (Number(majorVersion) < builtinLocaleSince) return ['--locale=C.UTF-8', '--encoding=UTF8'];
  return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
}

/**
 * A server needs nothing of this process's environment and must not inherit its secrets; Windows
 * cannot start programs without some variables.
 */
export const serverSurroundings =
  process.platform === 'win32' ? {} : { env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
