import { type BenchSandbox, startBenchDatabase, startBenchSandbox } from './bench-server.js';
import { fetchPages, loadPages } from './loader-alone.js';
import { type Backfill, fullSpan, type Rates, ratesIn, runBackfill } from './program-run.js';

const at = new Date('2026-03-20T12:00:00Z');
/** Days with which the loader's own speed is measured. */
const loaderDays = 6;
const usedMin = 0.9;
const megabytesMax = 400;
const ratioMax = 1.2;
const dayMs = 86_400_000;

/**
 * `SLOW_API_DELAYS=2 SLOW_API_ALLOWANCES=300 SLOW_API_CONVERSATIONS=60000` measures a part, for a machine that is wanted for more.
 * `SLOW_API_PER_DAY=1000` makes days of a page each, so that the allowance is used up long before the processor is; with
 * `SLOW_API_SMALL=0` memory is not compared; `SLOW_API_TRACE=FILE` keeps every request, a line a run.
 */
const delaysMs = numbersOf(process.env.SLOW_API_DELAYS, [0, 0.5, 2, 5]).map((seconds) => seconds * 1_000);
const allowances = numbersOf(process.env.SLOW_API_ALLOWANCES, [300, 3_000]);
const [conversationsLarge = 0] = numbersOf(process.env.SLOW_API_CONVERSATIONS, [200_000]);
const [conversationsSmall = 0] = numbersOf(process.env.SLOW_API_SMALL, [10_000]);
const [perDay = 0] = numbersOf(process.env.SLOW_API_PER_DAY, [5_000]);

/**
 * The real program backfills from an API that takes its time before each answer. Whatever the delay, either the allowance of requests is
 * used or the loader is the wall, while there are slices enough: that part of each run is what is compared. Memory depends neither on the delay nor on the range. The loader's own speed is that of pages that wait
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
    write('delay  allowance   lasted (full)  requests/min  allowance used  conversations/s  loader used  peak memory');
    for (const allowance of allowances) {
      for (const delayMs of delaysMs) {
        await setDelay(sandbox, delayMs);
        const run = (conversations: number) =>
          database.create().then((url) => runBackfill({ sandbox, url, at, allowance, range: rangeOf(conversations) }));
        const small = conversationsSmall === 0 ? undefined : await run(conversationsSmall);
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
  readonly small: Backfill | undefined;
  readonly large: Backfill;
}

function report(measured: Measured): void {
  const { delayMs, allowance, loaderRate, small, large } = measured;
  const { rates, seconds } = fullPart(measured);
  const allowanceUsed = rates.requestsPerMinute / allowance;
  const loaderUsed = rates.conversationsPerSecond / loaderRate;
  const used = Math.max(allowanceUsed, loaderUsed);
  const ratio = small === undefined ? undefined : large.megabytes / small.megabytes;
  const compared = ratio === undefined ? '' : `, ${ratio.toFixed(2)} times that of ${conversationsSmall}`;
  write(
    [
      `${delayMs / 1_000} s`.padStart(5),
      `${allowance}/min`.padStart(10),
      `${(large.ms / 1_000).toFixed(0)} s (${seconds.toFixed(0)} s)`.padStart(15),
      rates.requestsPerMinute.toFixed(0).padStart(13),
      `${(100 * allowanceUsed).toFixed(0)} %`.padStart(15),
      rates.conversationsPerSecond.toFixed(0).padStart(16),
      `${(100 * loaderUsed).toFixed(0)} %`.padStart(12),
      `  ${large.megabytes.toFixed(0)} MB${compared}`,
    ].join(' '),
  );
  const { requestsPerMinute, conversationsPerSecond } = large.whole;
  write(
    `      with its beginning and end: ${requestsPerMinute.toFixed(0)} requests/min, ${conversationsPerSecond.toFixed(0)} conversations/s`,
  );
  if (used < usedMin) write(`      aim missed: at least ${100 * usedMin} % of the lower wall`);
  const isLarge = large.megabytes > megabytesMax || (ratio ?? 0) > ratioMax;
  if (isLarge) write(`      aim missed: at most ${megabytesMax} MB and ${ratioMax} times`);
  if (used < usedMin || isLarge) process.exitCode = 1;
}

/** The part of the run in which as many requests can be in flight as the lower wall takes; the whole where that never came about. */
function fullPart({ delayMs, allowance, loaderRate, large }: Measured): {
  readonly rates: Rates;
  readonly seconds: number;
} {
  const ofSlices = large.seen.filter(({ slice }) => slice !== '');
  const wallPerSecond = Math.min(allowance / 60, (loaderRate * ofSlices.length) / large.records);
  const span = fullSpan(ofSlices, Math.max(1, Math.floor((usedMin * wallPerSecond * delayMs) / 1_000)));
  if (span === undefined) return { rates: large.whole, seconds: large.ms / 1_000 };
  return { rates: ratesIn(large.seen, large.records, span), seconds: (span.toMs - span.fromMs) / 1_000 };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function numbersOf(text: string | undefined, otherwise: readonly number[]): readonly number[] {
  return text === undefined ? otherwise : text.split(',').map(Number);
}
