import { type BenchSandbox, startBenchDatabase, startBenchSandbox } from './bench-server.js';
import { fetchPages, loadPages } from './loader-alone.js';
import { type Backfill, runBackfill } from './program-run.js';

const at = new Date('2026-03-20T12:00:00Z');
const conversationsSmall = 10_000;
/** Days with which the loader's own speed is measured. */
const loaderDays = 4;
const pageRecords = 1_000;
const usedMin = 0.9;
const megabytesMax = 400;
const ratioMax = 1.2;
const dayMs = 86_400_000;

/**
 * `SLOW_API_DELAYS=2 SLOW_API_ALLOWANCES=300 SLOW_API_CONVERSATIONS=60000` measures a part, for a machine that is wanted for more.
 * `SLOW_API_PER_DAY=1000` makes days of a page each, so that the allowance is used up long before the processor is.
 */
const delaysMs = numbersOf(process.env.SLOW_API_DELAYS, [0, 0.5, 2, 5]).map((seconds) => seconds * 1_000);
const allowances = numbersOf(process.env.SLOW_API_ALLOWANCES, [300, 3_000]);
const [conversationsLarge = 0] = numbersOf(process.env.SLOW_API_CONVERSATIONS, [200_000]);
const [perDay = 0] = numbersOf(process.env.SLOW_API_PER_DAY, [10_000]);

/**
 * The real program backfills from an API that takes its time before each answer. Whatever the delay, either the allowance of requests is
 * used or the loader is the wall; memory depends neither on the delay nor on the range. The loader's own speed is that of pages that wait
 * in memory as bytes, loaded by as many connections at once as the program has.
 */
export async function benchSlowApi(): Promise<void> {
  const database = await startBenchDatabase();
  const sandbox = await startBenchSandbox(perDay, at, ['--cache-megabytes', '4000', '--jobs-concurrent', '20']);
  try {
    const pages = await fetchPages(sandbox.url, at, rangeOf(conversationsLarge), loaderDays);
    const loaderRate = await loadPages(pages, at, await database.create());
    pages.length = 0;
    write(`the loader alone: ${Math.round(loaderRate)} conversations/s`);
    write('delay  allowance   lasted  requests/min  allowance used  conversations/s  loader used    peak memory');
    for (const allowance of allowances) {
      for (const delayMs of delaysMs) {
        await setDelay(sandbox, delayMs);
        const run = (conversations: number) =>
          database.create().then((url) => runBackfill({ sandbox, url, at, allowance, range: rangeOf(conversations) }));
        const small = await run(conversationsSmall);
        report({ delayMs, allowance, loaderRate, small, large: await run(conversationsLarge) });
      }
    }
  } finally {
    sandbox.stop();
    await database.stop();
  }
}

function rangeOf(conversations: number) {
  const to = Date.UTC(2026, 2, 18);
  return { from: new Date(to - (conversations / perDay) * dayMs), to: new Date(to) };
}

async function setDelay({ url }: BenchSandbox, ms: number): Promise<void> {
  const faults = ms === 0 ? {} : { stall: { rate: 1, ms, when: 'before-headers', path: '/api/' } };
  const response = await fetch(`${url}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  if (!response.ok) throw new Error(`The sandbox refused its faults: ${await response.text()}`);
}

interface Measured {
  readonly delayMs: number;
  readonly allowance: number;
  readonly loaderRate: number;
  readonly small: Backfill;
  readonly large: Backfill;
}

function report({ delayMs, allowance, loaderRate, small, large }: Measured): void {
  const { requestsPerMinute, conversationsPerSecond } = large.steady;
  const allowanceUsed = requestsPerMinute / allowance;
  const loaderUsed = conversationsPerSecond / loaderRate;
  const used = Math.max(allowanceUsed, loaderUsed);
  const ratio = large.megabytes / small.megabytes;
  write(
    [
      `${delayMs / 1_000} s`.padStart(5),
      `${allowance}/min`.padStart(10),
      `${(large.ms / 1_000).toFixed(0)} s`.padStart(8),
      requestsPerMinute.toFixed(0).padStart(13),
      `${(100 * allowanceUsed).toFixed(0)} %`.padStart(15),
      conversationsPerSecond.toFixed(0).padStart(16),
      `${(100 * loaderUsed).toFixed(0)} %`.padStart(12),
      `${large.megabytes.toFixed(0)} MB, ${ratio.toFixed(2)} times that of ${conversationsSmall}`.padStart(18),
    ].join(' '),
  );
  const least = Math.min((allowance / 60) * pageRecords, loaderRate);
  if (used < usedMin)
    write(`      aim missed: at least ${100 * usedMin} % of the lower wall, ${Math.round(least)} conversations/s`);
  if (large.megabytes > megabytesMax || ratio > ratioMax)
    write(`      aim missed: at most ${megabytesMax} MB and ${ratioMax} times`);
  if (used < usedMin || large.megabytes > megabytesMax || ratio > ratioMax) process.exitCode = 1;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function numbersOf(text: string | undefined, otherwise: readonly number[]): readonly number[] {
  return text === undefined ? otherwise : text.split(',').map(Number);
}
