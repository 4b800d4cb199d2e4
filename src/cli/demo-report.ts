import type pg from 'pg';
import { bar, table } from './app/table.js';

export interface DemoFacts {
  readonly databaseUrl: string;
  readonly apiUrl: string;
  readonly pageUrl: string;
  /** Words that start this program, or `npm run` for the script that did. */
  readonly demoCall: string;
  /** Page, database and API stay until the demo is stopped. */
  readonly isStaying: boolean;
}

/** Renders the demo's report as text: every figure comes from one plain `select` on schema mart. */
export async function demoReport(pool: pg.Pool, facts: DemoFacts): Promise<string> {
  const sections = [
    await conversationsByMedia(pool),
    await coverage(pool),
    await causes(pool),
    await handleTimes(pool),
    await queues(pool),
    await freshness(pool),
    connecting(facts),
  ];
  return sections.join('\n\n');
}

async function conversationsByMedia(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select media_types, count(*)::int as conversations, count(*) filter (where is_open)::int as open,
         count(*) filter (where agent_session_count = 0)::int as without_agent
     from mart.fct_conversations group by media_types order by conversations desc limit 8`,
  );
  return titled(
    'Conversations by media type',
    table(
      ['media types', 'conversations', 'still open', 'without an agent'],
      rows.map((row) => [row.media_types ?? '—', row.conversations, row.open, row.without_agent]),
    ),
  );
}

async function coverage(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select coalesce(media_type, '—') as media_type, count(*)::int as sessions, count(*) filter (where is_coded)::int as coded
     from mart.fct_agent_sessions group by 1 order by sessions desc`,
  );
  return titled(
    'Wrap-up coverage: agent sessions with a real code',
    table(
      ['media type', 'sessions', 'coded', '', ''],
      rows.map((row) => [
        row.media_type,
        row.sessions,
        row.coded,
        percent(row.coded / row.sessions),
        bar(row.coded / row.sessions),
      ]),
    ),
  );
}

async function causes(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select cause.wrapup_cause, cause.meaning, cause.is_expected, sum(report.session_count + report.conversation_count_without_session)::int as count
     from (
         select wrapup_cause, count(*) as session_count, 0 as conversation_count_without_session
         from mart.fct_agent_sessions where wrapup_cause is not null group by wrapup_cause
         union all
         select wrapup_cause, 0, count(*) from mart.fct_conversations where wrapup_cause is not null and not has_agent_session group by wrapup_cause
     ) as report
     join mart.dim_wrapup_causes as cause on cause.wrapup_cause = report.wrapup_cause
     group by 1, 2, 3 order by count desc`,
  );
  const most = Math.max(1, ...rows.map((row) => row.count));
  return titled(
    'Why a wrap-up code is missing',
    table(
      ['cause', 'count', '', '', 'meaning'],
      rows.map((row) => [
        row.wrapup_cause,
        row.count,
        bar(row.count / most),
        row.is_expected ? 'expected' : 'leak',
        row.meaning,
      ]),
    ),
  );
}

async function handleTimes(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select coalesce(queue.queue_name, '(no queue)') as queue, count(*) filter (where session.is_handled)::int as handled,
         sum(session.handle_seconds) / nullif(count(*) filter (where session.is_handled), 0) as handle,
         sum(session.talk_seconds) / nullif(count(*) filter (where session.talk_seconds > 0), 0) as talk,
         sum(session.acw_seconds) / nullif(count(*) filter (where session.acw_seconds > 0), 0) as acw
     from mart.fct_agent_sessions as session
     left join mart.dim_queues as queue on queue.queue_id = session.queue_id
     group by 1 order by handled desc limit 12`,
  );
  return titled(
    'Handle time by queue (sum over count)',
    table(
      ['queue', 'handled', 'AHT', 'talk', 'after-call work'],
      rows.map((row) => [row.queue, row.handled, clock(row.handle), clock(row.talk), clock(row.acw)]),
    ),
  );
}

async function queues(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select coalesce(queue.queue_name, '(no queue)') as queue, sum(report.offered_count)::int as offered,
         sum(report.answered_count) / nullif(sum(report.offered_count), 0)::float8 as answered,
         sum(report.abandoned_count) / nullif(sum(report.offered_count), 0)::float8 as abandoned,
         sum(report.service_level_numerator) / nullif(sum(report.service_level_denominator), 0)::float8 as service_level
     from mart.rpt_queue_days as report
     left join mart.dim_queues as queue on queue.queue_id = report.queue_id
     group by 1 having sum(report.offered_count) > 0 order by offered desc limit 8`,
  );
  return titled(
    "Queues, by Genesys' own aggregates",
    table(
      ['queue', 'offered', 'answered', 'abandoned', 'service level'],
      rows.map((row) => [
        row.queue,
        row.offered,
        percent(row.answered),
        percent(row.abandoned),
        percent(row.service_level),
      ]),
    ),
  );
}

async function freshness(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query(
    `select stream, watermark_at, last_success_at, due_slice_count, failing_slice_count, dead_letter_count
     from mart.ops_freshness order by stream`,
  );
  return titled(
    'Freshness',
    table(
      ['stream', 'complete until', 'last success', 'due', 'failing', 'dead letters'],
      rows.map((row) => [
        row.stream,
        instant(row.watermark_at),
        instant(row.last_success_at),
        row.due_slice_count,
        row.failing_slice_count,
        row.dead_letter_count,
      ]),
    ),
  );
}

function connecting({ databaseUrl, apiUrl, pageUrl, demoCall, isStaying }: DemoFacts): string {
  const url = new URL(databaseUrl);
  const lines = isStaying
    ? [
        `Connect a BI tool: host ${url.hostname}, port ${url.port}, database ${url.pathname.slice(1)}, user ${url.username}, password ${url.password}`,
        `or ${databaseUrl} — read schema mart; the simulated API is at ${apiUrl}. Ctrl-C stops all of it.`,
        '',
        `Look at it: ${pageUrl}`,
      ]
    : [
        `${demoCall} --keep leaves the page, the database and the simulated API running and prints how to connect`,
        'Power BI, Tableau, Metabase or Excel. Run it again without: it pulls only what is new.',
        '',
        `Look at it with --keep: ${pageUrl}`,
      ];
  return titled('Next', lines.join('\n'));
}

const titled = (title: string, body: string) => `${title}\n${'─'.repeat(title.length)}\n${body}`;
const percent = (rate: number | null) => (rate === null ? '—' : `${(rate * 100).toFixed(1)} %`);
const instant = (at: Date | null) => at?.toISOString().replace('.000Z', 'Z') ?? '—';

/** `4:05`, or `7:35:00` from an hour on. */
function clock(seconds: string | number | null): string {
  if (seconds === null) return '—';
  const whole = Math.round(Number(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const padded = String(whole % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${padded}` : `${hours}:${String(minutes).padStart(2, '0')}:${padded}`;
}
