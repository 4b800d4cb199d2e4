/**
 * Indexes on the local day of facts, so that a filter on `day`, or a join with one day of `mart.dim_dates`, reads one day. Their expression is
 * the one that `genesys.local_day` becomes in a view, so they belong to one reporting zone and are rebuilt when it changes.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { transactionOn } from '../connection/transaction.js';
import { type LockPatience, withLockRetries } from './lock-wait.js';

interface DayIndex {
  /** Name of the index without its digest; unique in schema `genesys`. */
  readonly stem: string;
  readonly table: string;
  /** The instant whose local day is indexed. */
  readonly column: string;
  /** Rows that the facts show, where these are not all of the table. */
  readonly where?: string;
  /**
   * True for tables of many rows a conversation, of which few ask for a day: a summary of the days in each stretch of the table, which costs
   * a load next to nothing. Several days a stretch are kept apart, so that conversations stored again at the end of a table do no harm.
   */
  readonly isSummary?: boolean;
  /** A further column, where a day has too many rows for those who ask for some of them. */
  readonly thenBy?: string;
}

const dayIndexes: readonly DayIndex[] = [
  { stem: 'session_facts_agent_day', table: 'session_facts', column: 'started_at', where: 'is_agent_session' },
  { stem: 'session_facts_queue_day', table: 'session_facts', column: 'started_at', where: 'is_queue_leg' },
  { stem: 'session_facts_day', table: 'session_facts', column: 'started_at', isSummary: true },
  {
    stem: 'session_facts_callback_day',
    table: 'session_facts',
    column: 'started_at',
    where: "is_queue_leg and media_type = 'callback'",
  },
  {
    stem: 'session_facts_transfer_day',
    table: 'session_facts',
    column: 'started_at',
    where: 'is_agent_session and transferred_count > 0',
  },
  { stem: 'session_facts_dialer_day', table: 'session_facts', column: 'started_at', where: "purpose = 'dialer'" },
  { stem: 'handling_facts_day', table: 'handling_facts', column: 'started_at', isSummary: true },
  { stem: 'leg_skill_facts_day', table: 'leg_skill_facts', column: 'started_at' },
  { stem: 'segments_day', table: 'segments', column: 'segment_start', isSummary: true },
  { stem: 'sessions_day', table: 'sessions', column: 'conversation_start', isSummary: true },
  {
    stem: 'participant_attributes_day',
    table: 'participant_attributes',
    column: 'conversation_start',
    isSummary: true,
  },
  { stem: 'resolutions_day', table: 'resolutions', column: 'conversation_start' },
  { stem: 'conversation_facts_day', table: 'conversation_facts', column: 'conversation_start' },
  { stem: 'segments_wrapup_day', table: 'segments', column: 'segment_start', where: "segment_type = 'wrapup'" },
  { stem: 'surveys_day', table: 'surveys', column: 'conversation_start' },
  { stem: 'evaluations_day', table: 'evaluations', column: 'conversation_start' },
  { stem: 'user_presences_day', table: 'user_presences', column: 'start_time' },
  { stem: 'user_routing_statuses_day', table: 'user_routing_statuses', column: 'start_time' },
  { stem: 'queue_interval_sums_day', table: 'queue_interval_sums', column: 'interval_start' },
  { stem: 'agent_queue_interval_sums_day', table: 'agent_queue_interval_sums', column: 'interval_start' },
  { stem: 'agent_interval_sums_day', table: 'agent_interval_sums', column: 'interval_start' },
  {
    stem: 'user_aggregates_presence_day',
    table: 'user_aggregates',
    column: 'interval_start',
    where: "metric = 'tOrganizationPresence'",
    thenBy: 'user_id',
  },
  { stem: 'wrapup_interval_sums_day', table: 'wrapup_interval_sums', column: 'interval_start' },
  { stem: 'flow_aggregates_day', table: 'flow_aggregates', column: 'interval_start', isSummary: true },
  { stem: 'flow_outcome_aggregates_day', table: 'flow_outcome_aggregates', column: 'interval_start', isSummary: true },
  { stem: 'queue_observations_day', table: 'queue_observations', column: 'interval_start', isSummary: true },
  { stem: 'survey_aggregates_day', table: 'survey_aggregates', column: 'interval_start', isSummary: true },
  { stem: 'evaluation_aggregates_day', table: 'evaluation_aggregates', column: 'interval_start', isSummary: true },
];

interface NamedIndex {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
}

/**
 * Builds the day indexes of `timeZone` (IANA) that are missing, with statistics on their expressions, then drops those of other zones. Readers
 * never wait; writers of a table wait while its index is built. Does nothing when all exist.
 */
export async function buildDayIndexes(client: pg.PoolClient, timeZone: string, patience: LockPatience): Promise<void> {
  const { missing, outdated } = await compareDayIndexes(client, timeZone);
  for (const { table, definition } of missing) {
    const build = () => transactionOn(client, async () => void (await client.query(definition)));
    await withLockRetries(client, `The day index of ${table} cannot be built`, build, patience);
  }
  for (const table of new Set(missing.map((index) => index.table))) {
    await client.query(`analyze genesys.${pg.escapeIdentifier(table)}`);
  }
  for (const name of outdated) {
    const drop = () =>
      transactionOn(client, async () => void (await client.query(`drop index genesys.${pg.escapeIdentifier(name)}`)));
    await withLockRetries(client, `The index ${name} of another reporting zone cannot be dropped`, drop, patience);
  }
}

/** Returns true when the day indexes are those that `buildDayIndexes` would create. */
export async function areDayIndexesBuilt(client: pg.ClientBase, timeZone: string): Promise<boolean> {
  const { missing, outdated } = await compareDayIndexes(client, timeZone);
  return missing.length === 0 && outdated.length === 0;
}

async function compareDayIndexes(client: pg.ClientBase, timeZone: string) {
  const wanted = dayIndexes.map((index) => named(index, timeZone));
  const present = await presentNames(client);
  return {
    missing: wanted.filter(({ name }) => !present.includes(name)),
    outdated: present.filter((name) => wanted.every((index) => index.name !== name)),
  };
}

/** Names the index after its definition, so that the index of another zone can be built while this one is in use. */
function named({ stem, table, column, where, isSummary = false, thenBy }: DayIndex, timeZone: string): NamedIndex {
  const expression = `((${column} at time zone ${pg.escapeLiteral(timeZone)})::date)`;
  const condition = where === undefined ? '' : ` where ${where}`;
  const text = isSummary
    ? `on genesys.${table} using brin (${expression} date_minmax_multi_ops) with (pages_per_range = 16, autosummarize = on)${condition}`
    : `on genesys.${table} (${expression}${thenBy === undefined ? '' : `, ${thenBy}`})${condition}`;
  const name = `${stem}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  return { name, table, definition: `create index ${name} ${text}` };
}

async function presentNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'genesys'::regnamespace and relkind in ('i', 'I') and relname ~ ('^(' || $1 || ')_[0-9a-f]{8}$')`,
    [dayIndexes.map(({ stem }) => stem).join('|')],
  );
  return rows.map(({ name }) => name);
}
