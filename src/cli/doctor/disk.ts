/** Checks of free space: the working directory, the data of a server on this machine, a lake in a folder. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedDirectory } from '../../config/config.js';
import { isLoopbackHost } from '../../lib/loopback.js';
import { describeSystemError } from '../../lib/system-errors.js';
import { type Check, type CheckArea, checksOf } from './check.js';
import { bytesText } from './units.js';

const freeBytesMin = 1024 ** 3;

interface Place {
  readonly area: CheckArea;
  readonly directory: string;
  /** True where data is stored, so that little space is a warning instead of a note. */
  readonly isNeeded: boolean;
}

/** Checks that a folder's disk has room. */
export async function freeSpace({ area, directory, isNeeded }: Place): Promise<Check> {
  const { ok, note, warning } = checksOf(area);
  try {
    const freeBytes = await freeBytesOf(directory);
    const found = `${bytesText(freeBytes)} free in ${directory}`;
    if (freeBytes >= freeBytesMin) return ok('disk', found);
    const make = isNeeded ? warning : note;
    return make('disk', found, 'Free some space; a week of 10,000 conversations a day takes about 1 GB.');
  } catch (error) {
    return warning('disk', describeSystemError(error) ?? (error as Error).message, 'Use another directory.');
  }
}

/**
 * Checks the disk of the embedded Postgres, which may be a mount of its own, or else of the working
 * directory, where an export would be written.
 */
export async function checkDisk(directory: string, isEmbedded: boolean): Promise<Check> {
  const data = join(directory, embeddedDirectory);
  const hasData = isEmbedded && (await freeBytesOf(data).then(isKnown, isUnknown));
  return freeSpace({ area: 'machine', directory: hasData ? data : directory, isNeeded: isEmbedded });
}

/**
 * Checks the disk of a server on this machine. Returns no check where its folder is not known: the
 * server is elsewhere or in a container, or the role may not read `data_directory`.
 */
export async function checkDataDisk(databaseUrl: string | undefined, directory: string | null): Promise<Check[]> {
  if (databaseUrl === undefined || directory === null || !isLocal(databaseUrl)) return [];
  if (!(await freeBytesOf(directory).then(isKnown, isUnknown))) return [];
  return [await freeSpace({ area: 'database', directory, isNeeded: true })];
}

const isKnown = () => true;
const isUnknown = () => false;

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** A socket's address has no host, or names its folder in a parameter. */
function isLocal(databaseUrl: string): boolean {
  if (!URL.canParse(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  return isLoopbackHost(hostname) || (searchParams.get('host') ?? '').startsWith('/');
}
