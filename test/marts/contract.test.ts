import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalRelations } from '../../src/postgres/schema/reader-roles.js';
import { type Marts, openMarts } from './support.js';

/** Columns that reports are written against: they keep their names. */
const promised: Readonly<Record<string, string>> = {
  fct_conversations: `conversation_id started_at started_local ended_at ended_local originating_direction media_types agent_session_count
    wrapup_cause is_open wrapup_state is_codable day minute_of_day is_complete`,
  fct_agent_sessions: `conversation_id participant_no session_no participant_id session_id user_id queue_id media_type direction started_at
    started_local ended_at ended_local wrapup_code wrapup_name wrapup_cause is_coded is_handled is_transferred handle_seconds talk_seconds
    hold_seconds acw_seconds alert_seconds dialing_seconds contacting_seconds`,
  rpt_wrapup_causes: 'day queue_id media_type wrapup_cause session_count conversation_count share_rate examples',
  rpt_wrapup_conversations: 'day queue_id media_type wrapup_cause conversation_count examples',
  rpt_wrapup_coverage: `day queue_id media_type user_id agent_session_count codable_count coded_count rule_count leak_count
    expected_count`,
  fct_queue_intervals: `interval_start_at interval_start_local queue_id media_type offered_count answered_count abandoned_count
    short_abandoned_count flow_out_count handled_count transferred_count over_sla_count handle_seconds talk_seconds hold_seconds acw_seconds
    answer_seconds abandon_seconds wait_seconds service_level_numerator service_level_denominator service_level_rate average_handle_seconds
    is_final`,
  fct_agent_intervals: `interval_start_at interval_start_local user_id handled_count handle_seconds talk_seconds hold_seconds acw_seconds
    on_queue_seconds interacting_seconds communicating_seconds idle_seconds not_responding_seconds is_final`,
  fct_wrapup_intervals: `interval_start_at interval_start_local wrapup_code wrapup_name queue_id user_id media_type handled_count
    handle_seconds is_final`,
  fct_agent_statuses:
    'user_id user_name status_kind status status_seconds started_at started_local ended_at ended_local',
  fct_queue_direction_intervals: `interval_start_at interval_start_local day queue_id media_type direction offered_count answered_count
    handled_count alert_count not_responding_count consult_count blind_transferred_count callback_scheduled_count first_response_seconds
    user_response_seconds voicemail_count outbound_attempted_count outbound_connected_count outbound_abandoned_count error_count
    max_wait_seconds is_final`,
  fct_agent_queue_intervals: `interval_start_at interval_start_local day user_id queue_id media_type handled_count handle_seconds
    answered_count alert_count not_responding_count outbound_count consult_count blind_transferred_count is_final`,
  rpt_agent_queue_days: `day user_id queue_id media_type handled_count average_handle_seconds answer_rate transfer_rate`,
  fct_presence_intervals: 'interval_start_at day user_id organization_presence_id presence_seconds is_final',
  rpt_presence_days: 'day user_id organization_presence_id organization_presence_name presence_seconds',
  rpt_queue_days: `day queue_id queue_name media_type offered_count answered_count abandoned_count short_abandoned_count flow_out_count
    handled_count transferred_count over_sla_count average_handle_seconds average_talk_seconds average_hold_seconds average_acw_seconds
    average_answer_seconds answer_rate abandon_rate service_level_rate transfer_rate`,
  rpt_agent_days: `day user_id user_name handled_count average_handle_seconds average_talk_seconds average_hold_seconds average_acw_seconds
    average_answer_seconds answer_rate abandon_rate service_level_rate transfer_rate occupancy_rate`,
  dim_queues: 'queue_id queue_name',
  dim_users: 'user_id user_name',
  dim_wrapup_codes: 'wrapup_code wrapup_name',
  dim_divisions: 'division_id division_name',
  ops_freshness: `stream watermark_at final_until_at last_success_at due_slice_count failing_slice_count dead_letter_count`,
};
/** Types that Power BI, Tableau, Metabase and Excel all read. */
const types = [
  'bigint',
  'boolean',
  'date',
  'integer',
  'numeric',
  'smallint',
  'text',
  'timestamp with time zone',
  'timestamp without time zone',
  'uuid',
];

interface Column {
  readonly view: string;
  readonly column: string;
  readonly type: string;
  readonly comment: string | null;
  readonly view_comment: string | null;
}

let marts: Marts;
let columns: Column[];

beforeAll(async () => {
  marts = await openMarts();
  columns = await marts.rows<Column & Record<string, unknown>>(
    `select c.relname as view, a.attname as column, format_type(a.atttypid, null) as type,
            col_description(c.oid, a.attnum) as comment, obj_description(c.oid) as view_comment
     from pg_class as c
     inner join pg_namespace as n on n.oid = c.relnamespace
     inner join pg_attribute as a on a.attrelid = c.oid
     where n.nspname = 'mart' and c.relkind in ('v', 'r') and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum`,
  );
});

afterAll(() => marts?.close());

const offenders = (isOffender: (column: Column) => boolean) =>
  columns.filter(isOffender).map(({ view, column }) => `${view}.${column}`);

test.each(Object.entries(promised))('%s has the columns that reports are written against', (view, names) => {
  const present = columns.filter((each) => each.view === view).map((each) => each.column);
  expect(present).toEqual(expect.arrayContaining(names.trim().split(/\s+/)));
});

describe('every view and column', () => {
  test('has a comment', () => {
    expect(offenders(({ comment, view_comment }) => !comment || !view_comment)).toEqual([]);
  });

  test('has a type that every BI tool reads', () => {
    expect(offenders(({ type }) => !types.includes(type))).toEqual([]);
  });

  test('says its unit and kind in its name', () => {
    const endings: Readonly<Record<string, RegExp>> = {
      boolean: /^(is|has)_/,
      'timestamp with time zone': /_at$/,
      'timestamp without time zone': /_local$/,
      date: /(^|_)day$/,
    };
    expect(offenders(({ column, type }) => endings[type] !== undefined && !endings[type].test(column))).toEqual([]);
    expect(offenders(({ column, type }) => /_(seconds|rate|hours)$/.test(column) && type !== 'numeric')).toEqual([]);
    expect(offenders(({ column, type }) => /_count$/.test(column) && !/int/.test(type))).toEqual([]);
    expect(offenders(({ column, type }) => /^(is|has)_/.test(column) && type !== 'boolean')).toEqual([]);
  });
});

describe('the role genesys_reader', () => {
  const asReader = async (statement: string) => {
    const client = await marts.pool.connect();
    try {
      await client.query('begin');
      await client.query('set local role genesys_reader');
      return await client.query(statement);
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  test('can read every view of mart but those with personal data', async () => {
    for (const view of new Set(columns.map((column) => column.view))) {
      if (personalRelations.includes(view)) {
        await expect(asReader(`select * from mart.${view} limit 1`), view).rejects.toMatchObject({ code: '42501' });
        continue;
      }
      await expect(asReader(`select * from mart.${view} limit 1`), view).resolves.toBeDefined();
    }
  });

  test.each(['genesys.session_facts', 'genesys.int_agent_sessions', 'genesys.conversations', 'extract.slices'])(
    'cannot read %s',
    async (relation) => {
      await expect(asReader(`select * from ${relation} limit 1`)).rejects.toMatchObject({ code: '42501' });
    },
  );
});

describe('the files of views', () => {
  const folders = ['intermediate', 'mart'];
  const files = folders.flatMap((folder) => {
    const directory = join(import.meta.dirname, '../../sql', folder);
    return readdirSync(directory).map((name) => ({
      path: `${folder}/${name}`,
      view: `${folder === 'mart' ? 'mart' : 'genesys'}.${name.replace('.sql', '')}`,
      text: readFileSync(join(directory, name), 'utf8'),
    }));
  });
  const faulty = (isFaulty: (file: (typeof files)[number]) => boolean) =>
    files.filter(isFaulty).map((file) => file.path);

  test('begin with their grain, make the view of their name and end in select * from final', () => {
    expect(faulty(({ text }) => !text.startsWith('-- One row per '))).toEqual([]);
    expect(faulty(({ text, view }) => !text.includes(`\ncreate view ${view} as\nwith\n`))).toEqual([]);
    expect(faulty(({ text }) => !text.includes('\n\nselect * from final;\n'))).toEqual([]);
  });

  test('are lower case except for names of Genesys, indented by four and never by tabs', () => {
    expect(faulty(({ text }) => /\b(SELECT|FROM|WHERE|JOIN|CREATE|COMMENT)\b/.test(text))).toEqual([]);
    expect(faulty(({ text }) => /\t/.test(text) || /^( {4})* {1,3}\S/m.test(text))).toEqual([]);
  });

  test('hold nothing but views and their comments', () => {
    const others = /^(?!create view |comment on (view|column) )(create|drop|alter|insert|update|delete|grant)\b/m;
    expect(faulty(({ text }) => others.test(text))).toEqual([]);
  });
});

describe('the files of functions', () => {
  const folders = { 'sql/functions': 'genesys', 'sql/functions/extract': 'extract' };
  const files = Object.entries(folders).flatMap(([folder, schema]) => {
    const directory = join(import.meta.dirname, '../..', folder);
    const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
    return names.map((name) => ({ name, schema, text: readFileSync(join(directory, name), 'utf8') }));
  });

  test('begin with a comment, make one function of their name and comment on it', () => {
    expect(files.length).toBeGreaterThan(10);
    const faulty = files.filter(({ name, schema, text }) => {
      const called = `${schema}.${name.replace('.sql', '')}`;
      const made = text.match(/^create or replace (function|aggregate) (\S+?)\(/gm) ?? [];
      const isNamed = made.length === 1 && made[0].endsWith(` ${called}(`);
      const isExplained = new RegExp(`\\ncomment on (function|aggregate) ${called}(\\([^)]*\\))? is\\s'`).test(text);
      return !text.startsWith('-- ') || !isNamed || !isExplained;
    });
    expect(faulty.map(({ name }) => name)).toEqual([]);
  });
});
