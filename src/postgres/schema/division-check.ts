/**
 * Selects the rows of a relation of `mart` that a role with division access may see, as a condition of SQL over the columns of the relation. For
 * everybody else it costs one look a statement: `genesys.visible_divisions` is asked once, and `or` leaves out the rest.
 */

/** SQL over a qualified column. */
type Condition = (column: string) => string;

const divisions = '(select genesys.visible_divisions(current_user, session_user))';
const seesAll = `${divisions} is null`;

const among =
  (list: string): Condition =>
  (column) =>
    `${column} in (select genesys.${list}(current_user, session_user))`;

const ofConversation: Condition = (column) => `genesys.visits_divisions(${column}, ${divisions})`;

/**
 * Compares with the divisions that are stored beside the row, which costs next to nothing. Rows of earlier versions have none and are
 * looked up.
 */
const ofRecord: Condition = (column) => {
  const conversation = column.replace(/\w+$/, 'conversation_id');
  return `coalesce(${column} && ${divisions}::text[], genesys.visits_divisions(${conversation}, ${divisions}))`;
};

/** Matches the divisions of the role; `*` (all divisions) and null (no division) are visible to everybody. */
const ofDivision: Condition = (column) =>
  `${column} is null or ${column} = '*' or ${column} = any(${divisions}::text[])`;

/**
 * The first of these of which a relation has a column decides. Where it has several of them, one that may be seen is enough: work in a queue
 * may be seen from the queue's division and from the agent's, as Genesys Cloud shows a conversation to both.
 */
const rules: readonly Readonly<Record<string, Condition>>[] = [
  { division_ids: ofRecord },
  { conversation_id: ofConversation },
  {
    queue_id: among('visible_queues'),
    last_queue_id: among('visible_queues'),
    user_id: among('visible_users'),
  },
  { campaign_id: among('visible_campaigns') },
  { flow_id: among('visible_flows') },
  { division_id: ofDivision },
];

/** Relations in which another column than the first decides. */
const decidingColumns: Readonly<Record<string, string>> = { dim_campaigns: 'division_id' };

/** Lists relations without data about conversations, queues or agents of a division. */
const openRelations: readonly string[] = [
  'dim_dates',
  'dim_entry_points',
  'dim_enums',
  'dim_forms',
  'dim_groups',
  'dim_intervals',
  'dim_languages',
  'dim_locations',
  'dim_presences',
  'dim_skills',
  'dim_wrapup_causes',
  'ops_coverage',
  'ops_covered_days',
  'ops_dictionary',
  'ops_freshness',
  'ops_relationships',
  'ops_removals',
  'ops_requests',
  'ops_settings',
];

/** Sums over the whole organisation, which cannot be divided. */
const wholeRelations: readonly string[] = ['ops_reconciliation', 'ops_restated_intervals'];

/** Asks for the check inside of a view whose rows are sums over divisions: `{{division_check(assignments, queue_id, user_id)}}`. */
const placeholder = /\{\{division_check\((\w+)((?:, \w+)+)\)\}\}/g;

/** Replaces the placeholders of checks inside of a view. */
export function withInnerChecks(text: string): string {
  return text.replace(placeholder, (_, alias: string, columns: string) => {
    const condition = conditionOn(alias, columns.slice(2).split(', '));
    if (condition === undefined) throw new Error(`No column of ${columns} says which divisions may see a row.`);
    return condition;
  });
}

interface CheckedView {
  /** With its schema, `mart`. */
  readonly name: string;
  readonly hasOwnCheck: boolean;
}

export const hasInnerChecks = (text: string): boolean => text.search(placeholder) !== -1;

/** Changes with the checks, so that views that were built with others are built again. */
export const checksText: string = JSON.stringify([
  rules.map((rule) => Object.entries(rule).map(([column, condition]) => [column, condition(column)])),
  decidingColumns,
  openRelations,
  wholeRelations,
]);

/**
 * Returns the condition on `final`, the last step of a view of `mart`; undefined where everybody sees everything, or where the view's own
 * text has checks. Throws where nothing says which divisions may see a row, so that no relation is open by accident.
 */
export function divisionCheck(view: CheckedView, columns: readonly string[]): string | undefined {
  const relation = view.name.slice('mart.'.length);
  if (openRelations.includes(relation) || view.hasOwnCheck) return undefined;
  if (wholeRelations.includes(relation)) return seesAll;
  const deciding = decidingColumns[relation];
  const condition = conditionOn('final', deciding === undefined ? columns : [deciding]);
  if (condition !== undefined) return condition;
  throw new Error(
    `mart.${relation} has no column that says which divisions may see a row. Give it one, or list it in division-check.ts.`,
  );
}

function conditionOn(alias: string, columns: readonly string[]): string | undefined {
  const rule = rules.find((each) => columns.some((column) => each[column] !== undefined));
  if (rule === undefined) return undefined;
  const conditions = columns.flatMap((column) => rule[column]?.(`${alias}.${column}`) ?? []);
  return `(${[seesAll, ...conditions].join(' or ')})`;
}
