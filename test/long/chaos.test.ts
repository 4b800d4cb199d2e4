import { expect, test } from 'vitest';
import { proveConvergence } from '../chaos/calm.js';
import { faultsOf } from '../chaos/report.js';
import { rage } from '../chaos/storm.js';

/** A machine so busy that some kind of fault has not met a request by then is no failure of the program. */
const secondsMax = 150;

/** The long one is `npm run chaos`. On a quiet machine this is half a minute; a busy one takes longer until every kind of fault has struck. */
test('a short storm of every kind of fault leaves what a calm pull leaves, row by row', {
  timeout: 900_000,
}, async () => {
  const lines: string[] = [];
  const after = await rage({
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
    const hadTime = after.tally.seconds < secondsMax;
    expect(faultsOf(after, outcome, hadTime), lines.join('\n')).toEqual([]);
    if (hadTime) expect(after.tally.kills.total).toBeGreaterThanOrEqual(12);
  } finally {
    await after.close();
  }
});
