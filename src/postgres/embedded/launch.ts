import { spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { type Cluster, serverSurroundings } from './cluster.js';
import { findPostmaster, type Postmaster } from './process.js';
import type { ServerUser } from './user.js';

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly cluster: Cluster;
  readonly user: ServerUser | undefined;
  /** True to end the server when this process ends, even by `kill -9`. */
  readonly tie: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Allows for crash recovery of a large write-ahead log, the slowest start. */
const readyMsMax = 300_000;
const pollMs = 10;
const logBytesMax = 5_000_000;
const logTailLines = 5;
const portMax = 65_535;

// Large enough for loads of a few million conversations, small enough for a laptop. No replication,
// so little WAL.
const ownSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  work_mem: '32MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '4GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  random_page_cost: '1.1',
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements may contain personal data, which must not reach the log file.
  log_min_error_statement: 'panic',
} as const;

/**
 * A shell that becomes the server and leaves a watcher behind, which ends the server when standard input closes: the
 * system closes that pipe however the parent dies. The watcher is forked twice, so that the server has no strange child.
 */
const tiedCommand = `
exec 3<&0
( ( while read -r line <&3; do :; done; kill -INT $$ ) >/dev/null 2>&1 & )
exec "$@" </dev/null 3<&-`;

/** Starts the server and waits until it accepts connections. Throws with the end of its log when it does not. */
export async function launch(options: LaunchOptions): Promise<Postmaster> {
  const { cluster } = options;
  const log = await openLog(cluster.logFile);
  const child = startServer(options, await choosePort(cluster), log.fd);
  let ended: string | undefined;
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? `status ${code}`}`;
    // Also ends the watcher.
    child.stdin?.destroy();
  });
  child.once('error', (error) => {
    ended = `could not be run (${error.message})`;
  });
  await log.close();
  for (let waitedMs = 0; waitedMs < readyMsMax && ended === undefined; waitedMs += pollMs) {
    const postmaster = await findPostmaster(cluster.dataDirectory);
    if (postmaster?.isReady && postmaster.pid === child.pid) {
      await writeFile(cluster.portFile, `${postmaster.port}\n`);
      return postmaster;
    }
    await pause(pollMs);
  }
  if (ended === undefined) child.kill('SIGKILL');
  const reason = ended ?? `was not ready after ${readyMsMax / 1000} s`;
  throw new Error(`The embedded Postgres ${reason}: ${await logTail(cluster.logFile)}`);
}

function startServer({ binaries, cluster, user, tie, settings }: LaunchOptions, port: number, logFd: number) {
  const all = { ...ownSettings, port: String(port), ...settings };
  const given = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [binaries.postgres, '-D', cluster.dataDirectory, ...given];
  const canTie = tie && process.platform !== 'win32';
  const [program = '', ...args] = canTie ? ['/bin/sh', '-c', tiedCommand, 'sh', ...command] : command;
  const child = spawn(program, args, {
    ...user,
    ...serverSurroundings,
    cwd: cluster.dataDirectory,
    // A separate session: Ctrl-C at the terminal is for this process, which still has a page to
    // commit.
    detached: true,
    stdio: [canTie ? 'pipe' : 'ignore', logFd, logFd],
  });
  child.unref();
  (child.stdin as { unref?(): void } | null)?.unref?.();
  child.stdin?.on('error', () => {});
  return child;
}

async function openLog(path: string) {
  const log = await open(path, 'a', 0o600);
  if ((await log.stat()).size > logBytesMax) await log.truncate();
  return log;
}

async function logTail(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).trim().split('\n');
  return lines.slice(-logTailLines).join(' | ');
}

/**
 * Returns the last port if it is free, else any free one. Another process may take it meanwhile;
 * then the caller starts again.
 */
async function choosePort(cluster: Cluster): Promise<number> {
  const last = Number(await readFile(cluster.portFile, 'utf8').catch(() => ''));
  const isPort = Number.isInteger(last) && last > 0 && last <= portMax;
  return (isPort && (await freePort(last).catch(() => undefined))) || freePort(0);
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
