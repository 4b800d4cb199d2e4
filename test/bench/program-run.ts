import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
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
  /** From the first page of results that was asked for to the last. */
  readonly whole: Rates;
  readonly seen: readonly Seen[];
  /** Conversations stored, each as often as a slice held it. */
  readonly records: number;
}

export interface Rates {
  readonly requestsPerMinute: number;
  readonly conversationsPerSecond: number;
}

/** A request, as the program's log reports it. */
export interface Seen {
  readonly operation: string;
  /** Empty for a request that belongs to no slice. */
  readonly slice: string;
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
  const trace = process.env.SLOW_API_TRACE;
  if (trace !== undefined)
    appendFileSync(trace, `${JSON.stringify({ allowance: options.allowance, records, seen })}\n`);
  if (status !== 0) throw new Error(`The backfill ended with status ${status}: ${errors.join('\n')}`);
  const whole = wholeOf(seen, records);
  return { ms: performance.now() - startMs, megabytes: memory.megabytes(), whole, seen, records };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function seenOf({ time, operation, ms, slice }: Record<string, unknown>): Seen {
  const endedMs = new Date(time as string).getTime();
  return { operation: String(operation), slice: String(slice ?? ''), endedMs, sentMs: endedMs - (ms as number) };
}

const isPage = ({ operation }: Seen): boolean => operation === resultsOperation;

function wholeOf(seen: readonly Seen[], records: number): Rates {
  const pages = seen.filter(isPage);
  const fromMs = Math.min(...pages.map(({ sentMs }) => sentMs));
  return ratesIn(seen, records, { fromMs, toMs: Math.max(...pages.map(({ endedMs }) => endedMs)) });
}

/** Rates of requests that were sent and of conversations whose pages were answered in a span. */
export function ratesIn(seen: readonly Seen[], records: number, { fromMs, toMs }: Span): Rates {
  const isWithin = (ms: number) => ms >= fromMs && ms < toMs;
  const pages = seen.filter(isPage);
  const answered = pages.filter(({ endedMs }) => isWithin(endedMs)).length;
  return {
    requestsPerMinute: (seen.filter(({ sentMs }) => isWithin(sentMs)).length / (toMs - fromMs)) * 60_000,
    conversationsPerSecond: ((records * answered) / pages.length / (toMs - fromMs)) * 1_000,
  };
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Returns the span in which a full rate is possible: from the first time that `requestsAtOnce` are in flight until fewer slices than that
 * are left unfinished, since the pages of a slice can only be asked for one after the other. Undefined where it never begins.
 */
export function fullSpan(seen: readonly Seen[], requestsAtOnce: number): Span | undefined {
  const fromMs = firstFullMs(seen, requestsAtOnce);
  const ends = new Map<string, number>();
  for (const { slice, endedMs } of seen.filter((each) => each.slice !== ''))
    ends.set(slice, Math.max(ends.get(slice) ?? 0, endedMs));
  const toMs = [...ends.values()].sort((a, b) => b - a)[Math.max(0, requestsAtOnce - 1)];
  return fromMs === undefined || toMs === undefined || toMs <= fromMs ? undefined : { fromMs, toMs };
}

function firstFullMs(seen: readonly Seen[], requestsAtOnce: number): number | undefined {
  const changes = seen.flatMap(({ sentMs, endedMs }) => [
    { atMs: sentMs, by: 1 },
    { atMs: endedMs, by: -1 },
  ]);
  let inFlight = 0;
  for (const { atMs, by } of changes.sort((a, b) => a.atMs - b.atMs)) {
    inFlight += by;
    if (inFlight >= requestsAtOnce) return atMs;
  }
  return undefined;
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
