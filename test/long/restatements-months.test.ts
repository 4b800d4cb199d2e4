import type pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../src/lib/interval.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

/** Genesys restates a day for weeks; the passes pull it again, and the differences are recorded. */
const day = Date.UTC(2026, 2, 10);
const iso = (ms: number) => new Date(ms).toISOString();
const timeout = 240_000;

interface Warehouse {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly run: (...args: string[]) => ReturnType<typeof runCommand>;
}
const opened: Warehouse[] = [];

async function open(at: number, options: SandboxOptions = {}): Promise<Warehouse> {
  const sandbox = await startSandbox({
    seed: 9,
    conversationsPerDay: 150,
    agents: 10,
    clock: { kind: 'fixed', at: new Date(at) },
    requestsPerMinute: 'unlimited',
    ...options,
  });
  const database = await migratedDatabase();
  const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: iso(day) };
  const warehouse = {
    sandbox,
    database,
    pool: testPool(database.url),
    run: (...args: string[]) => runCommand(args, sandbox, environment),
  };
  opened.push(warehouse);
  return warehouse;
}

afterEach(async () => {
  for (const { sandbox, database, pool } of opened.splice(0)) {
    await pool.end();
    await database.drop();
    await sandbox.close();
  }
});

/** Jobs that were submitted for that day since the log was emptied. */
function jobsOf(sandbox: Sandbox): number {
  const interval = `${iso(day)}/${iso(day + dayMs)}`;
  return sandbox
    .requests()
    .filter(
      ({ method, path, body }) =>
        method === 'POST' && path.endsWith('/details/jobs') && JSON.stringify(body).includes(interval),
    ).length;
}

test('a day is pulled again at the declared ages, never between, and brings late surveys, evaluations and reprocessed metrics', {
  timeout,
}, async () => {
  const { sandbox, pool, run } = await open(day + dayMs + 9 * hourMs, { conversationsPerDay: 350, agents: 20 });
  const end = day + dayMs;
  const syncAt = async (ms: number) => {
    sandbox.setNow(new Date(ms));
    sandbox.resetRequests();
    expect(
      await run('backfill', '--from', iso(day), '--to', iso(end), '--stream', 'conversation_history'),
    ).toMatchObject({ status: 0 });
    return jobsOf(sandbox);
  };
  expect(await syncAt(end + 9 * hourMs)).toBe(1);
  const first = await figures(pool);
  for (const ageMs of [dayMs, 3 * dayMs, 8 * dayMs, 31 * dayMs]) {
    expect(await syncAt(end + ageMs - minuteMs)).toBe(0);
    expect(await syncAt(end + ageMs + minuteMs)).toBe(1);
  }
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await syncAt(end + 100 * dayMs)).toBe(0);
  const { rows } = await pool.query(`select pass, due_at from extract.slices where stream = 'conversation_history'`);
  expect(rows).toEqual([{ pass: 5, due_at: null }]);

  const fields = await pool.query(
    `select count(*) filter (where changed_fields ~ 'surveys')::int as surveys, count(*) filter (where changed_fields ~ 'evaluations')::int as evaluations,
         count(*) filter (where changed_fields ~ 'metrics' and handle_seconds_moved <> 0)::int as metrics, count(*) filter (where age_seconds > 8 * 86400)::int as late,
         sum(survey_count_moved)::int as survey_count_moved
     from mart.ops_restatements`,
  );
  expect(Object.entries(fields.rows[0]).filter(([, count]) => !(Number(count) > 0))).toEqual([]);
  // By how much each figure of each day and queue moved since it was first read.
  const moved = await pool.query<{ key: string; moved: number }>(
    `select concat_ws(' ', day, queue_id, media_type, figure) as key, sum(moved_by)::float8 as moved
     from mart.ops_restated_figures where figure in ('handled_count', 'handle_seconds', 'coded_count') group by 1 having sum(moved_by) <> 0`,
  );
  const now = await figures(pool);
  const expected = [...new Set([...first.keys(), ...now.keys()])]
    .map((key) => ({ key, moved: Math.round(((now.get(key) ?? 0) - (first.get(key) ?? 0)) * 1_000) / 1_000 }))
    .filter((figure) => figure.moved !== 0);
  expect(expected.length).toBeGreaterThan(0);
  expect(moved.rows.sort(byKey)).toEqual(expected.sort(byKey));
});

const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);

/** Figures of days and queues as the marts have them. */
async function figures(pool: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; value: number }>(
    `with sessions as (select * from mart.fct_agent_sessions),
     returned as (
         select started_local::date as day, queue_id, media_type, 'coded_count' as figure, count(*) filter (where is_coded)::float8 as value
         from sessions group by 1, 2, 3
         union all
         select handled_at::date, queue_id, media_type, 'handled_count', sum(handle_count)::float8 from genesys.session_facts
         where handled_at is not null group by 1, 2, 3
         union all
         select handled_at::date, queue_id, media_type, 'handle_seconds', sum(handle_ms)::float8 / 1000 from genesys.session_facts
         where handled_at is not null group by 1, 2, 3
     )
     select concat_ws(' ', day, queue_id, media_type, figure) as key, value from returned where value <> 0`,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

interface Long {
  readonly id: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly changesMs: readonly number[];
}

/** The longest conversation of a kind that began on that day or soon after. */
function longest(sandbox: Sandbox, kind: RegExp): Long {
  let found: Long | undefined;
  for (let at = day; at < day + 10 * dayMs; at += dayMs) {
    for (const each of sandbox.world.conversationsOfDay(at) as readonly unknown[] as readonly Long[]) {
      if (kind.test(each.kind) && (found === undefined || each.endMs - each.startMs > found.endMs - found.startMs))
        found = each;
    }
  }
  if (found === undefined) throw new Error(`No conversation of kind ${kind} began in ten days.`);
  return found;
}

test.each([
  ['an e-mail that is reopened', /^emailReopened$/, 2],
  ['a conversation of many weeks', /Weeks|Months/i, 27],
])(
  '%s is followed to its end without being pulled by day again, and is stored as the API returns it',
  { timeout },
  async (_what, kind, daysMin) => {
    const { sandbox, pool, run } = await open(day + dayMs, { conversationsPerDay: 400, agents: 20 });
    const followed = longest(sandbox, kind);
    expect(followed.endMs - followed.startMs).toBeGreaterThan(daysMin * dayMs);
    const startDay = Math.floor(followed.startMs / dayMs) * dayMs;
    sandbox.setNow(new Date(startDay + dayMs + 9 * hourMs));
    expect(
      await run('backfill', '--from', iso(startDay), '--to', iso(startDay + dayMs), '--stream', 'conversations'),
    ).toMatchObject({ status: 0 });
    // At every quarter of its life.
    const lifeMs = followed.endMs - followed.startMs;
    const looks = Array.from({ length: 4 }, (_, index) => startDay + dayMs + 10 * hourMs + index * (lifeMs / 4)).filter(
      (at) => at < followed.endMs,
    );
    const state = async () =>
      (
        await pool.query('select is_open, as_of from extract.stored_conversations where conversation_id = $1', [
          followed.id,
        ])
      ).rows[0];
    for (const at of looks) {
      sandbox.setNow(new Date(at));
      expect(await run('sync', '--stream', 'open_conversations')).toMatchObject({ status: 0 });
      expect(await state()).toEqual({ is_open: true, as_of: new Date(at) });
      expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    }
    sandbox.setNow(new Date(followed.endMs + hourMs));
    expect(await run('sync', '--stream', 'open_conversations')).toMatchObject({ status: 0 });
    expect(await state()).toMatchObject({ is_open: false });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    const { rows } = await pool.query(
      'select count(*)::int as count from extract.restatements where conversation_id = $1',
      [followed.id],
    );
    expect(rows[0].count).toBeGreaterThan(0);
  },
);
