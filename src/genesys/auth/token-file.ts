import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import { parseJson } from '../../lib/json.js';

/** A user's login as it is stored. Includes the access token, so that a run every minute does not use up a refresh each time. */
export interface StoredToken {
  readonly clientId: string;
  /** Host that granted it; a refresh token is sent to no other host. */
  readonly loginUrl: string;
  readonly refreshToken: string;
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly userId?: string | undefined;
  readonly userName?: string | undefined;
}

const shape = z.object({
  clientId: z.string().min(1),
  loginUrl: z.string().min(1),
  refreshToken: z.string().min(1),
  accessToken: z.string(),
  expiresAtMs: z.number(),
  userId: z.string().optional(),
  userName: z.string().optional(),
});

const ownerOnly = 0o600;
/**
 * Nobody else may list it, but the embedded Postgres, which is another user when root starts it,
 * must be able to traverse it.
 */
const unlistedDirectory = 0o711;
const readableByOthers = 0o077;
const bytesMax = 64 * 1024;
const lockWaitMs = 100;
/** Longer than a lock is honoured, so that waiting outlasts an abandoned one. */
const lockWaitsMax = 900;
/** A refresh takes seconds, so an older lock was left by a killed process. */
const lockMsMax = minuteMs;
const loginAgain = 'run "genesys-warehouse wrapup login"';

/**
 * Reads the login. Undefined where there is no file. Throws UsageError if others can read it or it
 * is not a file of this program.
 */
export async function readTokenFile(path: string): Promise<StoredToken | undefined> {
  const text = await readPrivate(path);
  if (text === undefined) return undefined;
  const parsed = shape.safeParse(parseJson(text));
  if (!parsed.success) throw new UsageError(`${path} contains no login; delete it and ${loginAgain}.`);
  return parsed.data;
}

async function readPrivate(path: string): Promise<string | undefined> {
  // Checked on the open file, so that it cannot be replaced between the check and the read.
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(
      `${path} cannot be read (${error.message}); make it readable for this user, or ${loginAgain}.`,
    );
  });
  if (file === undefined) return undefined;
  try {
    const { mode, size } = await file.stat();
    // Windows has no such file modes.
    if (process.platform !== 'win32' && (mode & readableByOthers) !== 0) {
      const shown = (mode & 0o777).toString(8);
      throw new UsageError(`${path} has mode ${shown}, so others can read it; it contains a login: chmod 600 ${path}`);
    }
    if (size > bytesMax) throw new UsageError(`${path} contains no login; delete it and ${loginAgain}.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes a temporary file, flushes and renames it: a reader finds either the old login or the new
 * one, never a part.
 */
export async function writeTokenFile(path: string, token: StoredToken): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: unlistedDirectory });
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(beside, 'wx', ownerOnly);
  try {
    await file.writeFile(`${JSON.stringify(token, undefined, 2)}\n`);
    await file.sync();
    await file.close();
    await rename(beside, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

export interface LockClock {
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Runs `work` under a lock, because a refresh token works only once and only one process may use it. */
export async function withTokenLock<T>(path: string, clock: LockClock, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true, mode: unlistedDirectory });
  for (let waits = 0; !(await taken(lock)); waits += 1) {
    if (waits >= lockWaitsMax) {
      const seconds = (lockWaitMs * lockWaitsMax) / secondMs;
      throw new UsageError(`${lock} was held by another process for ${seconds} s; delete it if no such process runs.`);
    }
    await dropOld(lock);
    await clock.sleep(lockWaitMs);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', ownerOnly)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes an expired lock, by the file system's clock, which also stamped the lock. */
async function dropOld(lock: string): Promise<void> {
  const probe = `${lock}.${randomBytes(6).toString('hex')}`;
  const held = await stat(lock).catch(() => undefined);
  if (held === undefined) return;
  await (await open(probe, 'wx', ownerOnly)).close();
  const { mtimeMs } = await stat(probe);
  await rm(probe, { force: true });
  if (mtimeMs - held.mtimeMs > lockMsMax) await rm(lock, { force: true });
}
