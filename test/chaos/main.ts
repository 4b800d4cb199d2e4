import { parseArgs } from 'node:util';
import { proveConvergence } from './convergence.js';
import { isTrue, reportOf } from './report.js';
import { runStorm } from './storm.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '30' },
    kills: { type: 'string', default: '500' },
    faults: { type: 'string', default: '5000' },
    extractors: { type: 'string', default: '3' },
    'conversations-per-day': { type: 'string', default: '150' },
    agents: { type: 'string', default: '8' },
    'minutes-max': { type: 'string', default: '60' },
    'long-retry-after': { type: 'string', default: '600' },
    brief: { type: 'boolean', default: false },
  },
});

const seed = Number(values.seed);
const say = (line: string) => void process.stderr.write(`${line}\n`);
const after = await runStorm({
  seed,
  secondsMin: Number(values.minutes) * 60,
  secondsMax: Number(values['minutes-max']) * 60,
  killsMin: Number(values.kills),
  faultsMin: Number(values.faults),
  extractors: Number(values.extractors),
  conversationsPerDay: Number(values['conversations-per-day']),
  agents: Number(values.agents),
  longRetryAfterSeconds: Number(values['long-retry-after']),
  say,
});
try {
  say('The storm is over; ordinary runs follow.');
  const outcome = await proveConvergence(after, values.brief);
  process.stdout.write(`${reportOf(seed, after, outcome)}\n`);
  process.exitCode = isTrue(after, outcome) ? 0 : 1;
} finally {
  await after.close();
}
