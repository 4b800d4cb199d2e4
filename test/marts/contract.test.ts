import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalRelations } from '../../src/postgres/schema/reader-roles.js';
import { type Marts, openMarts } from './support.js';

/** Names of bounds before there was a rule; what is new is named `from_at` and `to_at`. */
const olderBounds: readonly string[] =
  `busy_until claimed_until conference_start conversation_end conversation_start day_end_at day_start_at
  detected_speech_end detected_speech_start end_at final_until_at final_until_local handling_interval_end
  interval_end interval_end_at interval_end_local interval_start interval_start_at interval_start_local
  last_interval_end paused_until paused_until_at paused_until_local pruned_from pruned_to pulled_from pulled_to
  quarter_start sample_start_at scheduled_from segment_end segment_start slice_from slice_to start_at
  status_interval_end valid_from valid_to window_until`.split(/\s+/);

/** Columns that reports are written against: they keep their names. */
const promised: Readonly<Record<string, string>> = {
  fct_conversations: `wrapup_code wrapup_name effective_wrapup_code effective_wrapup_name first_queue_name last_queue_name first_user_id
    first_user_name last_user_id last_user_name handled_day wait_seconds is_waiting is_self_served division_ids customer_key
    repeat_after_seconds min_mos message_type survey_count evaluation_count conversation_id started_at started_local ended_at ended_local originating_direction media_types agent_session_count
    wrapup_cause is_open wrapup_state is_codable day minute_of_day is_complete`,
  fct_agent_sessions: `conversation_id participant_no session_no participant_id session_id user_id queue_id media_type direction started_at
    started_local ended_at ended_local wrapup_code wrapup_name wrapup_cause is_coded is_handled is_transferred handle_seconds talk_seconds
    hold_seconds acw_seconds alert_seconds dialing_seconds contacting_seconds session_key leg_key day minute_of_day is_complete is_codable
    is_conversation_coded is_callback_voice handled_day team_name campaign_name is_monitoring is_coaching is_barging is_recorded`,
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
  dim_queues: 'queue_id queue_name voice_target_seconds voice_target_rate voice_alerting_seconds scoring_method',
  dim_users: 'user_id user_name team_name location_name',
  dim_wrapup_codes: 'wrapup_code wrapup_name',
  dim_divisions: 'division_id division_name',
  ops_freshness: `complete_from_at stream watermark_at final_until_at last_success_at due_slice_count failing_slice_count dead_letter_count`,
  fct_segments: `segment_key session_key conversation_id day minute_of_day is_complete purpose segment_type queue_id user_id flow_id started_at
    ended_at segment_seconds disconnect_type error_code sip_response_codes is_conference wrapup_code`,
  fct_transfers: `session_key queue_id user_id to_queue_id to_user_id to_flow_id transfer_type answer_seconds outcome day minute_of_day is_complete`,
  fct_callbacks: `leg_key day minute_of_day is_complete scheduled_at first_attempt_at reached_at attempt_count wait_seconds outcome call_session_key`,
  fct_flows: `session_key flow_id entry_type exit_reason starting_language ending_language transfer_target_name outcome_count day minute_of_day
    is_complete`,
  fct_dial_attempts: `session_key campaign_id contact_id contact_list_id disposition analyzer is_connected is_abandoned user_id day minute_of_day
    is_complete`,
  fct_voice_quality:
    'session_key stat_no min_mos min_r_factor max_latency_seconds received_packet_count codecs edge_id user_id day is_complete',
  fct_resolutions: 'conversation_id resolution_no next_contact_avoided_count day is_complete',
  fct_repeat_contacts: `conversation_id previous_conversation_id repeat_after_seconds is_same_queue is_same_code is_within_1_day is_within_7_days
    is_within_30_days customer_key day is_complete`,
  fct_conversation_attributes: 'conversation_id day is_complete',
  fct_attributes: 'conversation_id participant_no attribute_name attribute_value',
  fct_addresses: 'session_key ani dnis address_from address_to subject external_contact_id participant_name',
  fct_queue_legs: `leg_key day minute_of_day is_complete wait_bucket requested_language requested_skills transferred_from_queue_id`,
  fct_wrapups: 'segment_key session_key day minute_of_day is_complete',
  fct_surveys: `session_key wrapup_code wrapup_name media_type user_name queue_name is_invited day minute_of_day is_complete`,
  fct_evaluations: `session_key wrapup_code wrapup_name media_type user_name queue_name evaluator_user_name day minute_of_day is_complete`,
  fct_flow_intervals:
    'interval_start_at day flow_id flow_type media_type flow_count flow_seconds exit_count disconnect_count',
  fct_survey_intervals:
    'interval_start_at day queue_id user_id survey_form_id media_type sent_count started_count full_response_count promoter_count score_sum',
  fct_evaluation_intervals:
    'interval_start_at day queue_id user_id evaluator_id form_id media_type evaluation_count score_sum',
  fct_queue_observations:
    'queue_id media_type observed_at waiting_count interacting_count on_queue_user_count longest_wait_seconds',
  rpt_wait_times: `day queue_id media_type answer_p50_seconds answer_p80_seconds answer_p90_seconds answer_p95_seconds answer_max_seconds
    abandon_p50_seconds abandon_max_seconds answered_0_10_count abandoned_over_300_count handle_p50_seconds handle_p90_seconds`,
  rpt_campaign_days: 'day campaign_id attempted_count connected_count abandoned_count abandon_rate',
  rpt_queue_now:
    'queue_id media_type waiting_count longest_wait_seconds interacting_count on_queue_user_count as_of_at',
  rpt_agents_now: 'user_id status routing_status as_of_at',
  dim_teams: 'team_id team_name division_id',
  dim_skills: 'skill_id skill_name state',
  dim_languages: 'language_id language_name state',
  dim_groups: 'group_id group_name state',
  dim_locations: 'location_id location_name state',
  dim_flows: 'flow_id flow_name division_id',
  dim_flow_outcomes: 'flow_outcome_id flow_outcome_name division_id',
  dim_campaigns: 'campaign_id campaign_name division_id',
  dim_contact_lists: 'contact_list_id contact_list_name division_id',
  dim_forms: 'form_id form_name',
  dim_entry_points: 'entry_point entry_kind',
  dim_enums: 'enum_name value meaning',
  dim_queues_history: `queue_id queue_name division_id valid_from_at valid_to_at voice_target_seconds voice_target_rate acw_wrapup_prompt`,
  dim_users_history: 'user_id user_name division_id team_id state valid_from_at valid_to_at',
  dim_dates: 'day has_data',
  dim_intervals: 'minute_of_day',
  bridge_queue_members: 'queue_id user_id ring_number is_joined member_since_at',
  bridge_queue_wrapup_codes: 'queue_id wrapup_code',
  bridge_user_skills: 'user_id skill_id proficiency',
  bridge_user_languages: 'user_id language_id proficiency',
  bridge_leg_skills: 'leg_key skill_id',
  bridge_conversation_divisions: 'conversation_id division_id',
  ops_settings:
    'time_zone interval_seconds schema_version complete_from_at privacy_policy organization_id organization_name',
  ops_covered_days: 'day stream state last_pass_at is_settled is_final',
  ops_dictionary: 'relation column_name data_type unit description source_field is_additive is_personal',
  ops_relationships: 'from_relation from_column to_relation to_column cardinality',
  ops_quality: 'check_name day queue_id figure',
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

describe('the bounds of ranges of time', () => {
  test('are named from_at and to_at, except for those of Genesys and of the first relations', async () => {
    const rows = await marts.rows<{ name: string }>(
      `select distinct attname as name from pg_attribute
       join pg_class as relation on relation.oid = attrelid
       where relnamespace in ('extract'::regnamespace, 'genesys'::regnamespace, 'wrapup'::regnamespace, 'mart'::regnamespace)
           and relkind in ('r', 'p', 'v') and attnum > 0 and not attisdropped
           and atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
           and attname ~ '(^|_)(from|to|until|start|end)(_at|_local)?$' and attname !~ '(^|_)(from|to)_(at|local)$'`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(olderBounds);
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
