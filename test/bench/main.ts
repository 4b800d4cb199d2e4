/**
 * `npm run bench [-- name…]`: speed and memory as ratios within one run, because machines are noisy. Prints what was measured and what is aimed at;
 * ends with status 1 when an aim is missed.
 */
import { benchBudget } from './budget.js';
import { benchDashboard } from './dashboard.js';
import { benchEndToEnd } from './end-to-end.js';
import { benchFacts } from './facts.js';
import { benchFactsCost } from './facts-cost.js';
import { benchFederate } from './federate.js';
import { benchFirstPaint } from './first-paint.js';
import { benchLake } from './lake.js';
import { benchLoad } from './load.js';
import { benchMemory } from './memory.js';
import { benchRequests } from './requests.js';
import { benchSandbox } from './sandbox-speed.js';
import { benchSlowApi } from './slow-api.js';
import { benchViews } from './views.js';

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  load: benchLoad,
  facts: benchFacts,
  'facts-cost': benchFactsCost,
  'end-to-end': benchEndToEnd,
  memory: benchMemory,
  sandbox: benchSandbox,
  requests: benchRequests,
  views: benchViews,
  dashboard: benchDashboard,
  'first-paint': benchFirstPaint,
  budget: benchBudget,
  federate: benchFederate,
  'slow-api': benchSlowApi,
  lake: benchLake,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n== ${name} ==\n`);
  await bench();
}
process.exit();
