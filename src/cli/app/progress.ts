import cliProgress from 'cli-progress';
import type pg from 'pg';
import type { SliceReport } from '../../engine/sync.js';
import { type Interval, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import type { Stream } from '../../model/extraction.js';
import { countUnpulledSlices } from '../../postgres/ledger/coverage.js';

const logEveryMs = 10 * secondMs;

export interface Progress {
  readonly onSlice: (report: SliceReport) => void;
  stop(): void;
}

/** Shows how many of the due slices of a range are done: as a bar on a terminal, as occasional log lines elsewhere. */
export async function createProgress(
  pool: pg.Pool,
  streams: readonly Stream[],
  range: Interval,
  isTerminal: boolean,
  log: Log,
): Promise<Progress> {
  const names = streams.map((stream) => stream.name);
  const total = await countUnpulledSlices(pool, names, range);
  return isTerminal ? progressBar(total) : progressLines(total, log);
}

function progressBar(total: number): Progress {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}%  {value}/{total} slices  {records} records  {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  });
  let records = 0;
  bar.start(total, 0, { records });
  return {
    onSlice: ({ result }) => {
      records += result.records;
      if (result.outcome === 'split') bar.setTotal(bar.getTotal() + 1);
      else bar.increment(1, { records });
    },
    stop: () => bar.stop(),
  };
}

function progressLines(total: number, log: Log): Progress {
  let done = 0;
  let records = 0;
  let saidAt = performance.now();
  return {
    onSlice: ({ result }) => {
      done += result.outcome === 'split' ? 0 : 1;
      records += result.records;
      if (performance.now() - saidAt < logEveryMs && done !== total) return;
      saidAt = performance.now();
      log.info({ done, total, records }, 'Backfill progress');
    },
    stop: () => {},
  };
}
