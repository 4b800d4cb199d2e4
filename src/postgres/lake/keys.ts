/** By which instant the rows of a relation are put to UTC days, and which changes concern them. */

export interface LakeKey {
  readonly column: string;
  /** Values of `extract.changed_days.source`. */
  readonly sources: readonly string[];
  /** Relation and column in which the days that are stored are looked up. */
  readonly days: readonly (readonly [relation: string, column: string])[];
}

/** Changes of the directory concern all tables that are replaced as a whole. */
export const directorySource = 'directory';
export const conversationsSource = 'conversations';

const intervalSources: Readonly<Record<string, readonly string[]>> = {
  'mart/fct_agent_intervals': ['agent_aggregates', 'user_aggregates'],
  'mart/fct_agent_queue_intervals': ['agent_aggregates'],
  'mart/fct_evaluation_intervals': ['evaluation_aggregates'],
  'mart/fct_flow_intervals': ['flow_aggregates'],
  'mart/fct_flow_outcomes': ['flow_outcome_aggregates'],
  'mart/fct_presence_intervals': ['user_aggregates'],
  'mart/fct_queue_direction_intervals': ['queue_aggregates'],
  'mart/fct_queue_intervals': ['queue_aggregates'],
  'mart/fct_queue_observations': ['queue_observations'],
  'mart/fct_survey_intervals': ['survey_aggregates'],
  'mart/fct_wrapup_intervals': ['wrapup_aggregates'],
};
const spanSources: Readonly<Record<string, readonly string[]>> = {
  'mart/fct_agent_statuses': ['user_presences', 'user_routing_statuses'],
  'genesys/user_presences': ['user_presences'],
  'genesys/user_routing_statuses': ['user_routing_statuses'],
};

/** Returns undefined for a relation that is replaced as a whole. */
export function keyOf(path: string, columns: ReadonlySet<string>): LakeKey | undefined {
  const spans = spanSources[path];
  if (spans) return keyed(columns.has('started_at') ? 'started_at' : 'start_time', spans, 'start_time');
  if (path === 'mart/fct_conversations') return ofConversations('started_at');
  for (const column of ['conversation_started_at', 'conversation_start'])
    if (columns.has(column)) return ofConversations(column);
  const sources = intervalSources[path] ?? (columns.has('interval_start') ? [path.replace('genesys/', '')] : undefined);
  if (sources) {
    const column = ['interval_start_at', 'sample_start_at', 'interval_start'].find((name) => columns.has(name));
    if (column !== undefined) return keyed(column, sources, 'interval_start');
  }
  return undefined;
}

function ofConversations(column: string): LakeKey {
  return {
    column,
    sources: [conversationsSource],
    days: [['genesys.conversations', 'conversation_start']],
  };
}

function keyed(column: string, sources: readonly string[], stored: string): LakeKey {
  return { column, sources, days: sources.map((source) => [`genesys.${source}`, stored] as const) };
}
