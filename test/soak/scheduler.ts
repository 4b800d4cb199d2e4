import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const directory = fileURLToPath(new URL('../../', import.meta.url));

export interface Report {
  readonly rss: number;
  readonly heapUsed: number;
  readonly resources: readonly string[];
  readonly listeners: number;
  readonly warnings: readonly string[];
}

export interface Scheduler {
  readonly pid: number;
  /** The latest report of the process. */
  report(): Report | undefined;
  hasEnded(): boolean;
  /** SIGTERM, and how long it then took; SIGKILL where it takes far too long. */
  stop(): Promise<{ readonly status: number | null; readonly ms: number }>;
}

const killAfterMs = 30_000;

/** `run` in a process of its own, a tick every second, its log in a file. */
export function startScheduler(clock: string, environment: Record<string, string>, logFile: string): Scheduler {
  const args = ['test/support/program-at.mjs', clock, 'run', '--schedule', '* * * * * *'];
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.pipe(createWriteStream(logFile));
  let last: Report | undefined;
  let ended = false;
  child.on('message', (message) => {
    last = message as Report;
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  void exited.then(() => {
    ended = true;
  });
  return {
    pid: child.pid ?? 0,
    report: () => last,
    hasEnded: () => ended,
    stop: async () => {
      const since = performance.now();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      const status = await exited;
      clearTimeout(timer);
      return { status, ms: performance.now() - since };
    },
  };
}
