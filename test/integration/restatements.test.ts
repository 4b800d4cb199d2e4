import type pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/lib/interval.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

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

test('a wrap-up code given two days late restates its conversation, its session and the coded sessions of its day and queue', {
  timeout,
}, async () => {
  const { sandbox, pool, run } = await open(day + dayMs + 9 * hourMs);
  const pull = () => run('backfill', '--from', iso(day), '--to', iso(day + dayMs), '--stream', 'conversation_history');
  expect(await pull()).toMatchObject({ status: 0 });
  const { rows } = await pool.query(
    `select conversation_id as id, sessions.queue_id as queue, started_local::date::text as day, segment_no, participant_no, session_no
     from mart.fct_agent_sessions as sessions join genesys.segments using (conversation_id, participant_no, session_no)
     where wrapup_cause is not null and sessions.wrapup_code is null and segment_type = 'wrapup' and sessions.queue_id is not null limit 1`,
  );
  const [found] = rows;
  expect(found).toBeDefined();
  const [{ code }] = (
    await pool.query(`select wrap_up_code as code from genesys.segments where wrap_up_code !~ '^ININ' limit 1`)
  ).rows;
  const at = day + 3 * dayMs;
  sandbox.restate({
    conversationId: found.id,
    at: new Date(at),
    change: (record) => {
      const changed = structuredClone(record) as {
        participants: { sessions: { segments: Record<string, unknown>[] }[] }[];
      };
      const segment =
        changed.participants[found.participant_no - 1]?.sessions[found.session_no - 1]?.segments[found.segment_no - 1];
      if (segment !== undefined) segment.wrapUpCode = code;
      return changed as never;
    },
  });
  sandbox.setNow(new Date(day + 4 * dayMs + 9 * hourMs));
  expect(await pull()).toMatchObject({ status: 0 });
  const restated = await pool.query(
    'select changed_fields, coded_count_moved::int, handled_count_moved::int from mart.ops_restatements where conversation_id = $1',
    [found.id],
  );
  expect(restated.rows).toHaveLength(1);
  expect(restated.rows[0]).toMatchObject({ coded_count_moved: 1, handled_count_moved: 0 });
  expect(restated.rows[0].changed_fields).toContain('segments.wrapUpCode');
  const moved = await pool.query(
    `select day::text, queue_id as queue, value_before::int, value_after::int, moved_by::int from mart.ops_restated_figures
     where conversation_id = $1 and figure = 'coded_count'`,
    [found.id],
  );
  const [figure] = moved.rows;
  expect(figure).toMatchObject({ day: found.day, queue: found.queue, moved_by: 1 });
  expect(figure.value_after - figure.value_before).toBe(1);
  const session = await pool.query(
    'select is_coded, wrapup_code from mart.fct_agent_sessions where conversation_id = $1 and participant_no = $2 and session_no = $3',
    [found.id, found.participant_no, found.session_no],
  );
  expect(session.rows).toEqual([{ is_coded: true, wrapup_code: code }]);
});

test('a conversation of 59 days that had ended and began again is found by the passes of the days in which it is active', {
  timeout,
}, async () => {
  const { sandbox, pool, run } = await open(day + dayMs + 9 * hourMs);
  const pullDay = (at: number) =>
    run('backfill', '--from', iso(at), '--to', iso(at + dayMs), '--stream', 'conversation_history');
  expect(await pullDay(day)).toMatchObject({ status: 0 });
  const { rows } = await pool.query(
    `select conversation_id as id from genesys.conversations
     where conversation_start >= $1 and conversation_end < $2 order by conversation_start limit 1`,
    [iso(day), iso(day + dayMs)],
  );
  const [{ id }] = rows;
  // Reopened after 57 days, finally ended on the fifty-ninth.
  const reopenedAt = day + 57 * dayMs;
  const endedAt = day + 59 * dayMs;
  sandbox.restate({ conversationId: id, at: new Date(reopenedAt), patch: { conversationEnd: null } });
  sandbox.restate({ conversationId: id, at: new Date(endedAt), patch: { conversationEnd: iso(endedAt) } });
  const stored = async () =>
    (
      await pool.query(
        'select genesys.conversation_json($1) as record, is_open from extract.stored_conversations where conversation_id = $1',
        [id],
      )
    ).rows[0];
  const record = (await stored()).record;
  sandbox.setNow(new Date(reopenedAt + 9 * hourMs));
  expect(
    await run('backfill', '--from', iso(day), '--to', iso(day + dayMs), '--stream', 'conversation_history', '--force'),
  ).toMatchObject({ status: 0 });
  expect((await stored()).is_open).toBe(true);
  sandbox.setNow(new Date(endedAt + hourMs));
  expect(await run('sync', '--stream', 'open_conversations')).toMatchObject({ status: 0 });
  const last = await stored();
  expect(last.is_open).toBe(false);
  expect(last.record.conversationEnd).toBe(iso(endedAt));
  expect(record.conversationEnd).not.toBe(iso(endedAt));
  const restated = await pool.query(
    'select changed_fields from mart.ops_restatements where conversation_id = $1 order by restated_at',
    [id],
  );
  for (const { changed_fields } of restated.rows) expect(changed_fields).toContain('conversationEnd');
  expect(restated.rows.length).toBeGreaterThanOrEqual(2);
});
