/** The views of schema `mart` of a federated database: what people read. */
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { type ExistingView, readExistingViews, restoreGrants } from '../schema/existing-views.js';
import { organizationColumns } from './published.js';
import type { FederatedColumn, FederatedRelation } from './relations.js';
import { keyOfShared, sharedColumn } from './shared-dimensions.js';
import { nextSchema } from './tables.js';

const id = pg.escapeIdentifier;
const text = pg.escapeLiteral;

const organizationComments: Readonly<Record<string, string>> = {
  organization_id: 'Id of the organisation in Genesys Cloud that the row belongs to.',
  organization_name: 'Name of the organisation, from its warehouse.',
};
const sharedComments: Readonly<Record<string, string>> = {
  organization_id: 'Null: the row is the same for every organisation. Join by the key of this relation alone.',
  organization_name: 'Null, as organization_id.',
};
/** Whose keys several organisations may have: a join by the key alone would double rows, so no model is to make it. */
const ambiguousDimensions = ['dim_entry_points', 'dim_presences', 'dim_wrapup_codes'];

/** Relations that say what this database itself has; their own views are in the schema of the tables. */
export const ownRelations: readonly string[] = ['ops_dictionary', 'ops_relationships'];

/** Names of relations that this database has beside those of its members. */
const furtherRelations = ['ops_members'];

/**
 * Makes each view, or replaces it in its place, so that grants and views of others survive: known columns keep their order, new ones come
 * last. Throws a UsageError where a view must be recreated and another object depends on it.
 */
export async function replaceMartViews(client: pg.ClientBase, relations: readonly FederatedRelation[]): Promise<void> {
  const standing = new Map((await readExistingViews(client, undefined)).map((view) => [view.name, view]));
  for (const relation of relations) await replaceView(client, relation, standing.get(`mart.${relation.name}`));
  const names = [...relations.map(({ name }) => name), ...furtherRelations].map((name) => `mart.${name}`);
  for (const view of standing.values()) if (!names.includes(view.name)) await dropView(client, view);
}

async function replaceView(
  client: pg.ClientBase,
  relation: FederatedRelation,
  before: ExistingView | undefined,
): Promise<void> {
  const types = new Map(relation.columns.map(({ name, type }) => [name, type]));
  const known = (before?.columns ?? []).filter(({ name }) => !(name in organizationComments));
  const isSame = known.every(({ name, type }) => types.get(name) === type);
  if (before !== undefined && !isSame) await dropView(client, before);
  const columns = isSame ? inOrderOf(known, relation.columns) : relation.columns;
  await client.query(viewStatement(relation, columns));
  await client.query(commentStatements(relation).join(';\n'));
  if (before !== undefined && !isSame) await restoreGrants(client, before);
}

async function dropView(client: pg.ClientBase, { name, dependents }: ExistingView): Promise<void> {
  if (dependents.length > 0)
    throw new UsageError(
      `View ${name} changed and cannot be replaced because another object depends on it (${dependents.join(', ')}). Drop that, run federate and create it again.`,
    );
  await client.query(`drop view ${name}`);
}

function inOrderOf(
  known: readonly { readonly name: string }[],
  columns: readonly FederatedColumn[],
): readonly FederatedColumn[] {
  const isKnown = (column: FederatedColumn) => known.some(({ name }) => name === column.name);
  const first = known.flatMap(({ name }) => columns.find((column) => column.name === name) ?? []);
  return [...first, ...columns.filter((column) => !isKnown(column))];
}

function viewStatement(relation: FederatedRelation, columns: readonly FederatedColumn[]): string {
  const source = `${nextSchema}.${id(relation.name)} as member_rows`;
  const view = `create or replace view mart.${id(relation.name)} as`;
  const nulls = Object.entries(organizationColumns).map(([name, type]) => `null::${type} as ${name}`);
  const plain = columns.map(({ name }) => `member_rows.${id(name)}`);
  if (ownRelations.includes(relation.name))
    return `${view} select ${[...nulls, ...plain].join(', ')} from ${source}${ownCondition(relation.name)}`;
  // Asked while the statement is planned: nothing of it is left in the plan where all members answer.
  const asked = 'federation.all_answer() or member_rows.organization_id = any (federation.answering())';
  const key = keyOfShared(relation.name);
  if (key === undefined) {
    const organization = ['member_rows.organization_id', 'member_rows.organization_name'];
    return `${view} select ${[...organization, ...plain].join(', ')} from ${source} where ${asked}`;
  }
  const list = columns.map((column) => `${sharedColumn(column, key)} as ${id(column.name)}`);
  return `${view} select ${[...nulls, ...list].join(', ')} from ${source} where ${asked} group by member_rows.${id(key)}`;
}

function ownCondition(relation: string): string {
  if (relation !== 'ops_relationships') return '';
  return ` where member_rows.to_relation not in (${ambiguousDimensions.map(text).join(', ')})`;
}

function commentStatements({ name, description, columns }: FederatedRelation): string[] {
  const isShared = keyOfShared(name) !== undefined || ownRelations.includes(name);
  const own = Object.entries(isShared ? sharedComments : organizationComments);
  const described = [...own, ...columns.map((column) => [column.name, column.description] as const)];
  return [
    `comment on view mart.${id(name)} is ${text(description ?? '')}`,
    ...described.map(([column, words]) => `comment on column mart.${id(name)}.${id(column)} is ${text(words ?? '')}`),
  ];
}
