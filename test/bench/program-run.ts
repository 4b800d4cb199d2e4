import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type BenchSandbox, benchEnvironment, directory } from './bench-server.js';

const pollMs = 50;
const resultsOperation = 'conversations details job results';

export interface BackfillOptions {
  readonly sandbox: BenchSandbox;
  readonly url: string;
  /** Time of the clocks of sandbox and program. */
  readonly at: Date;
  readonly allowance: number;
  readonly range: { readonly from: Date; readonly to: Date };
}

export interface Backfill {
  readonly ms: number;
  /** Peak resident memory. */
  readonly megabytes: number;
  /** From the first page of results that was asked for to the last: without login, directory and the end, which long backfills do not notice. */
  readonly steady: { readonly requestsPerMinute: number; readonly conversationsPerSecond: number };
}

interface Seen {
  readonly operation: string;
  /** On the machine's clock. */
  readonly sentMs: number;
  readonly endedMs: number;
}

/** Runs the real program in a process of its own and reads from its log when it sent what. */
export async function runBackfill(options: BackfillOptions): Promise<Backfill> {
  const startMs = performance.now();
  const args = ['--from', options.range.from.toISOString(), '--to', options.range.to.toISOString()];
  const child = spawn(
    process.execPath,
    ['test/support/program-at.mjs', options.at.toISOString(), 'backfill', ...args, '--stream', 'conversation_history'],
    {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...benchEnvironment(options.sandbox, options.url),
        GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: String(options.allowance),
        GENESYS_WAREHOUSE_LOG_LEVEL: 'debug',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const seen: Seen[] = [];
  const errors: string[] = [];
  let records = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const entry = parse(line);
    if (entry === undefined || (entry.level as number) >= 50) errors.push(line);
    else if (entry.msg === 'Request') seen.push(seenOf(entry));
    else if (entry.msg === 'backfill done') records = entry.records as number;
  });
  const memory = watchMemory(child.pid as number);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  memory.stop();
  if (status !== 0) throw new Error(`The backfill ended with status ${status}: ${errors.join('\n')}`);
  return { ms: performance.now() - startMs, megabytes: memory.megabytes(), steady: steadyPart(seen, records) };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function seenOf({ time, operation, ms }: Record<string, unknown>): Seen {
  const endedMs = new Date(time as string).getTime();
  return { operation: String(operation), endedMs, sentMs: endedMs - (ms as number) };
}

function steadyPart(seen: readonly Seen[], records: number): Backfill['steady'] {
  const pages = seen.filter(({ operation }) => operation === resultsOperation);
  const fromMs = Math.min(...pages.map(({ sentMs }) => sentMs));
  const toMs = Math.max(...pages.map(({ sentMs }) => sentMs));
  const sent = seen.filter(({ sentMs }) => sentMs >= fromMs && sentMs <= toMs).length;
  // What is read of them is stored in the time between the first answer and the last.
  const firstMs = Math.min(...pages.map(({ endedMs }) => endedMs));
  const lastMs = Math.max(...pages.map(({ endedMs }) => endedMs));
  return {
    requestsPerMinute: (sent / (toMs - fromMs)) * 60_000,
    conversationsPerSecond: (records / (lastMs - firstMs)) * 1_000,
  };
}

function watchMemory(pid: number) {
  let peakKilobytes = 0;
  const timer = setInterval(() => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      peakKilobytes = Math.max(peakKilobytes, Number(found?.[1] ?? 0));
    } catch {
      // The process has ended between two looks.
    }
  }, pollMs);
  return { stop: () => clearInterval(timer), megabytes: () => peakKilobytes / 1_024 };
}
