import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../lib/errors.js';

/** Identifies the user that the server runs as, where that is not the caller. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const elsewhere = '/var/lib/genesys-warehouse';

/**
 * User that the server runs as when root starts it, if it exists, so that no other daemon of the
 * machine can read its files.
 */
const ownUserName = 'genesys-warehouse';
// Postgres refuses to run as root and needs an existing user; every Linux has `nobody`.
const nobody: ServerUser = { uid: 65_534, gid: 65_534 };

/**
 * Returns who the server runs as: the caller (undefined), unless that is root, who may not run
 * Postgres. Then it is the owner of existing data, else the user `genesys-warehouse` of this
 * machine, else `nobody`.
 */
export async function serverUser(dataDirectory?: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDirectory === undefined ? undefined : await stat(dataDirectory).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await systemUser(ownUserName)) ?? nobody;
}

async function systemUser(name: string): Promise<ServerUser | undefined> {
  const lines = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return findSystemUser(lines, name);
}

/** Finds an account of `/etc/passwd` (name:password:uid:gid:…); root itself does not count. */
export function findSystemUser(passwd: string, name: string): ServerUser | undefined {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([account]) => account === name);
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : undefined;
}

/** Throws a UsageError that names the first folder on the way to `directory` that `user` may not enter. */
export async function assertReachable(directory: string, user: ServerUser | undefined): Promise<void> {
  const closed = user && (await closedFolder(directory, user));
  if (closed === undefined) return;
  throw new UsageError(
    `Started by root, the embedded Postgres runs as uid ${user?.uid}, which may not enter ${closed}; start as an ordinary user, run \`chmod o+x ${closed}\`, work in another folder, or set DATABASE_URL`,
  );
}

/**
 * Returns where the data of `directory` can live: there, or, when root works below a folder that
 * the server's user may not enter (root's own home is closed on most systems), in a folder under
 * /var/lib that is always the same for the same directory.
 */
export async function usableHome(directory: string): Promise<string> {
  const user = await serverUser(join(directory, 'cluster', 'data'));
  if (user === undefined || (await closedFolder(await nearestExisting(directory), user)) === undefined)
    return directory;
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return join(elsewhere, digest);
}

async function nearestExisting(directory: string): Promise<string> {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (folder === dirname(folder) || (await stat(folder).catch(() => undefined)) !== undefined) return folder;
  }
}

/** Returns true when `user` may read and execute the file at `path` and traverse its folders. Returns false when the file is missing. */
export async function canRead(path: string, user: ServerUser | undefined): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || user === undefined) return facts !== undefined;
  return permits(facts, user, 0o5) && (await closedFolder(dirname(path), user)) === undefined;
}

async function closedFolder(directory: string, user: ServerUser): Promise<string | undefined> {
  for (let folder = await realpath(directory); ; folder = dirname(folder)) {
    if (!permits(await stat(folder), user, 0o1)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function permits(facts: { mode: number; uid: number; gid: number }, user: ServerUser, bits: number): boolean {
  const shift = facts.uid === user.uid ? 6 : facts.gid === user.gid ? 3 : 0;
  return ((facts.mode >> shift) & bits) === bits;
}
