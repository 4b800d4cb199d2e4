import { createHash } from 'node:crypto';
import { createPool } from '/work/wt/breadth/src/postgres/connection/pool.js';
import { rebuildFacts } from '/work/wt/breadth/src/postgres/derived/rebuild.js';
import { migrate } from '/work/wt/breadth/src/postgres/migrate.js';
import { benchWorld, seededRandom } from '/work/wt/breadth/test/bench/records.js';
import { fillConversations } from '/work/wt/breadth/test/bench/views-conversations.js';
import { fillIntervals } from '/work/wt/breadth/test/bench/views-intervals.js';

const idOf = (kind: string, number: number) =>
  createHash('md5')
    .update(`${kind}-${number}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const pool = createPool({
  connectionString: 'postgres://postgres@127.0.0.1:55771/bench',
  applicationName: 'bench',
  max: 4,
  statementTimeoutMs: 0,
});
const t0 = Date.now();
const log = (s: string) => console.log(s, ((Date.now() - t0) / 1000).toFixed(0));
await migrate(pool, { timeZone: 'UTC' });
const world = benchWorld(seededRandom(4));
const idsOf = (kind: string, count: number) => Array.from({ length: count }, (_, i) => idOf(kind, i + 1));
const org = {
  ...world,
  queueIds: idsOf('queue', world.queueIds.length),
  userIds: idsOf('agent', world.userIds.length),
};
await fillConversations(pool, org, { firstDayMs: Date.UTC(2026, 2, 1), days: 90, perDay: 11_112 });
log('conversations');
await fillIntervals(pool, { firstDayMs: Date.UTC(2026, 2, 31), days: 32, queues: 300, agents: 1_000 });
log('intervals');
await rebuildFacts(pool, () => {});
log('facts');
await pool.query('vacuum (analyze)');
log('vacuum');
await pool.end();
