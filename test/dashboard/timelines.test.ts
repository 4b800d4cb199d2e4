/** The timelines of the page, held to the stored segments. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteOf } from '../../src/dashboard/page/lib/conversation-lanes.js';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';
import { type ServedPage, servePage, wholeDay } from './support.js';

let database: TestDatabase;
let page: ServedPage;
let pool: pg.Pool;

beforeAll(async () => {
  database = await filledDatabase();
  page = await servePage({ databaseUrl: database.url });
  pool = testPool(database.url);
});

afterAll(async () => {
  await pool?.end();
  await page?.close();
  await database?.drop();
});

type Row = Record<string, string | number | null>;

async function rowsOf(path: string): Promise<Row[]> {
  const { body } = await page.json<{ columns: { name: string }[]; rows: (string | number | null)[][] }>(path);
  return body.rows.map((row) => Object.fromEntries(body.columns.map(({ name }, index) => [name, row[index] ?? null])));
}

const secondsOf = (row: Row) => (Date.parse(`${row.to_local}Z`) - Date.parse(`${row.from_local}Z`)) / 1_000;

test('the day of an agent shows alerting, contact, hold and after-call work within the day, and nothing that was parked', async () => {
  const { rows: agents } = await pool.query(
    `select user_id from mart.fct_segments where day = $1 and purpose = 'agent'
     group by user_id
     having bool_or(segment_type = 'hold') and bool_or(segment_type = 'parked')
     order by count(*) desc limit 1`,
    [wholeDay],
  );
  const user = agents[0].user_id;
  const { rows: plain } = await pool.query<{ kind: string; seconds: number }>(
    `select case segments.segment_type when 'wrapup' then 'acw' when 'interact' then 'contact' else segments.segment_type end as kind,
       round(sum(extract(epoch from least(coalesce(segments.segment_end, $3), $3) - greatest(segments.segment_start, $2))))::int as seconds
     from genesys.segments as segments
     inner join genesys.participants as participants using (conversation_start, conversation_id, participant_no)
     where participants.user_id = $1 and segments.segment_start < $3 and coalesce(segments.segment_end, $3) > $2
       and segments.segment_type in ('alert', 'interact', 'hold', 'wrapup')
     group by 1 order by 1`,
    [user, `${wholeDay}T00:00:00+01:00`, '2026-03-16T00:00:00+01:00'],
  );
  const rows = await rowsOf(`/api/query/agent-segments?user=${user}&day=${wholeDay}`);
  expect(plain.map(({ kind }) => kind)).toEqual(['acw', 'alert', 'contact', 'hold']);
  for (const { kind, seconds } of plain) {
    const shown = rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + secondsOf(row), 0);
    // Times are shown in whole seconds.
    expect(Math.abs(shown - seconds), kind).toBeLessThanOrEqual(rows.length);
  }
  expect(
    rows.filter((row) => String(row.from_local) < wholeDay || String(row.to_local) > '2026-03-16T00:00:00'),
  ).toEqual([]);
  expect(rows.filter(({ kind }) => !['alert', 'dial', 'contact', 'hold', 'acw'].includes(String(kind)))).toEqual([]);
});

test('the timeline of a conversation has its customer, flow, queues and agents, its transfer and its code', async () => {
  const { rows: found } = await pool.query(
    `select conversation_id, max(user_name) filter (where is_transferred) as first_name,
       max(user_name) filter (where is_coded) as second_name, max(wrapup_name) filter (where is_coded) as code
     from mart.fct_agent_sessions
     where media_type = 'voice' and purpose = 'agent'
     group by conversation_id
     having count(*) = 2 and bool_or(is_transferred) and bool_or(is_coded and not is_transferred and acw_seconds > 1)
       and bool_or(disconnect_type = 'transfer')
     order by conversation_id limit 1`,
  );
  const { conversation_id, first_name, second_name, code } = found[0];
  const rows = await rowsOf(`/api/query/conversation-timeline?conversation=${conversation_id}`);
  const kindsIn = (lane: string) => rows.filter((row) => row.lane === lane).map(({ kind }) => kind);
  expect(kindsIn('Customer')).toContain('customer');
  expect(kindsIn(first_name)).toContain('contact');
  expect(rows.filter(({ kind }) => kind === 'queue').length).toBeGreaterThan(0);
  expect(rows.filter((row) => row.lane === first_name).map(noteOf)).toContain('transferred');
  expect(rows.filter((row) => row.lane === second_name).map(noteOf)).toContain(code);
  expect(rows.filter(({ kind }) => kind === 'parked' || kind === 'sharing')).toEqual([]);
});
