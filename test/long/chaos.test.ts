import { expect, test } from 'vitest';
import { proveConvergence } from '../chaos/convergence.js';
import { faultsOf } from '../chaos/report.js';
import { runStorm } from '../chaos/storm.js';

/** Bounds the storm; on a busy machine some kind of fault may not have met a request by then, which is not a failure of the program. */
const secondsMax = 150;

/** The long one is `npm run chaos`. On a quiet machine this is half a minute; a busy one takes longer until every kind of fault has struck. */
test('a short storm of every kind of fault leaves what a pull without faults leaves, row by row', {
  timeout: 900_000,
}, async () => {
  const lines: string[] = [];
  const after = await runStorm({
    seed: 5,
    secondsMin: 10,
    secondsMax,
    killsMin: 12,
    faultsMin: 50,
    extractors: 3,
    conversationsPerDay: 100,
    agents: 5,
    longRetryAfterSeconds: 6,
    say: (line) => lines.push(line),
  });
  try {
    const outcome = await proveConvergence(after, true);
    const hadTime = after.counters.seconds < secondsMax;
    expect(faultsOf(after, outcome, hadTime), lines.join('\n')).toEqual([]);
    if (hadTime) expect(after.counters.kills.total).toBeGreaterThanOrEqual(12);
  } finally {
    await after.close();
  }
});
