import type pg from 'pg';
import { secondMs } from '../../lib/interval.js';
import { applicationName, createPool } from './pool.js';
import { type SilenceLimits, watchSilence } from './silence.js';

/** Together with the time that a run needs to end, less than half a minute. */
const limitsDefault: SilenceLimits = { everyMs: 4 * secondMs, answerMsMax: 6 * secondMs };

/** Ends the connections of `pools` as soon as their server has fallen silent, on a connection of its own; see `watchSilence`. */
export function watchDatabase(
  connectionString: string,
  pools: () => readonly pg.Pool[],
  limits: SilenceLimits = limitsDefault,
): () => Promise<void> {
  const probe = createPool({
    connectionString,
    applicationName: `${applicationName} watch`,
    max: 1,
    statementTimeoutMs: limits.answerMsMax,
    connectMs: limits.answerMsMax,
  });
  return watchSilence(probe, pools, limits);
}
