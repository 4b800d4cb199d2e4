import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Describes a running or crashed server, as `postmaster.pid` does. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

const stopFastMsMax = 10_000;
const stopImmediateMsMax = 5_000;
const pollMs = 10;

/** Returns true when a process with this id exists, whichever user owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns true when the process is alive and not a zombie. */
export function isRunning(pid: number): boolean {
  return isAlive(pid) && !isZombie(pid);
}

/**
 * Returns the server that runs on `dataDirectory`, or undefined. Removes a file whose process has
 * ended, or has a recycled id (common after a container restart), where Postgres itself would
 * refuse to start.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const path = join(dataDirectory, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return undefined;
  if (!isPostgres(pid)) {
    // Read again: another starter may have put its own server's file there meanwhile.
    if ((await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true });
    return undefined;
  }
  return { pid, port: Number(lines[3] ?? 0), isReady: lines[7] === 'ready' };
}

/** Stops a server within 17 s: fast (clients are disconnected, data is flushed), then immediate, then by force. */
export async function stopPostmaster(pid: number): Promise<void> {
  const steps = [
    ['SIGINT', stopFastMsMax],
    ['SIGQUIT', stopImmediateMsMax],
    ['SIGKILL', stopImmediateMsMax],
  ] as const;
  for (const [signal, waitMs] of steps) {
    if (!send(pid, signal) || (await hasEnded(pid, waitMs))) return;
  }
  throw new Error(`The embedded Postgres (process ${pid}) did not stop`);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function hasEnded(pid: number, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += pollMs) {
    if (!isRunning(pid)) return true;
    await pause(pollMs);
  }
  return !isRunning(pid);
}

/**
 * Returns true for a zombie: dead, but still listed because its parent does not collect it. Common
 * in containers without an init.
 */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

function isPostgres(pid: number): boolean {
  if (process.platform === 'win32') return true;
  return commandLine(pid)?.includes('postgres') ?? true;
}

/** Returns undefined where the system does not show command lines; then the id alone must suffice. */
function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

const unfinishedName = /\.new-(\d+)-[0-9a-f]{8}$/;

/**
 * Returns a temporary name next to `path`, unique to this process: files are built there and
 * renamed into place when complete.
 */
export function unfinishedPath(path: string): string {
  return `${path}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes what processes left in `directory` when they were killed while building it. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const maker = unfinishedName.exec(name)?.[1];
    const isLeftOver = maker !== undefined && !isAlive(Number(maker));
    if (isLeftOver) await rm(join(directory, name), { recursive: true, force: true });
  }
}
