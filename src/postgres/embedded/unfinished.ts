import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './process.js';

const unfinishedName = /\.new-(\d+)-[0-9a-f]{8}$/;

/** A name of this process's own beside `path`: things are built there and renamed into place when they are whole. */
export function unfinishedPath(path: string): string {
  return `${path}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes what processes left behind in `directory` that were killed while they built it. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const maker = unfinishedName.exec(name)?.[1];
    const isLeftOver = maker !== undefined && !isAlive(Number(maker));
    if (isLeftOver) await rm(join(directory, name), { recursive: true, force: true });
  }
}
