/** Puts the relations of several members together into those of a federated database. Pure. */
import { UsageError } from '../../lib/errors.js';
import { absentColumns, organizationColumns } from './published.js';

export interface MemberColumn {
  readonly name: string;
  /** As `format_type` gives it, without modifiers. */
  readonly type: string;
  readonly description: string | null;
}

export interface MemberRelation {
  readonly name: string;
  readonly description: string | null;
  readonly columns: readonly MemberColumn[];
  /** Rows that the member's planner expects. */
  readonly rows: number;
}

export interface MemberRelations {
  /** Name of the member. */
  readonly name: string;
  /** Newest migration of the member; later ones sort after it. */
  readonly schemaVersion: string;
  readonly relations: readonly MemberRelation[];
}

export interface FederatedColumn extends MemberColumn {
  /** Members that lack it; null there. */
  readonly missingFrom: readonly string[];
}

export interface FederatedRelation {
  readonly name: string;
  readonly description: string | null;
  readonly columns: readonly FederatedColumn[];
  /** Members that have it, with the rows expected there. */
  readonly members: readonly { readonly name: string; readonly rows: number }[];
  /** Members that lack it as a whole. */
  readonly missingFrom: readonly string[];
}

/** From narrow to wide: a column that members have in several of these is of the widest. */
const numbers = ['smallint', 'integer', 'bigint', 'numeric'];

/**
 * Every relation that any member has, with every column that any member has of it: in the order and with the comments of the newest member.
 * Throws a UsageError where members have a column in types that cannot be put together, or in one that `mart` does not allow.
 */
export function mergeRelations(members: readonly MemberRelations[]): FederatedRelation[] {
  const newestFirst = members.toSorted((a, b) => (a.schemaVersion < b.schemaVersion ? 1 : -1));
  const names = unique(newestFirst.flatMap(({ relations }) => relations.map(({ name }) => name)));
  return names.map((name) => mergeRelation(name, newestFirst));
}

function mergeRelation(name: string, members: readonly MemberRelations[]): FederatedRelation {
  const having = members.flatMap((member) => {
    const relation = member.relations.find((each) => each.name === name);
    return relation === undefined ? [] : [{ member: member.name, relation }];
  });
  const columnNames = unique(having.flatMap(({ relation }) => relation.columns.map((column) => column.name)));
  const columns = columnNames.filter((column) => !(column in organizationColumns));
  return {
    name,
    description: having[0]?.relation.description ?? null,
    columns: columns.map((column) => mergeColumn(name, column, having)),
    members: having.map(({ member, relation }) => ({ name: member, rows: relation.rows })),
    missingFrom: members.filter((each) => !having.some(({ member }) => member === each.name)).map((each) => each.name),
  };
}

function mergeColumn(
  relation: string,
  name: string,
  having: readonly { readonly member: string; readonly relation: MemberRelation }[],
): FederatedColumn {
  const found = having.map(({ member, relation: { columns } }) => ({
    member,
    column: columns.find((column) => column.name === name),
  }));
  const present = found.flatMap(({ column }) => column ?? []);
  return {
    name,
    type: commonType(`${relation}.${name}`, unique(present.map(({ type }) => type))),
    description: present[0]?.description ?? null,
    missingFrom: found.filter(({ column }) => column === undefined).map(({ member }) => member),
  };
}

function commonType(column: string, types: readonly string[]): string {
  const [first = ''] = types;
  const unknown = types.find((type) => absentColumns[type] === undefined);
  if (unknown !== undefined)
    throw new UsageError(`Column mart.${column} of a member has the type ${unknown}, which reports do not support.`);
  if (types.length === 1) return first;
  if (types.every((type) => numbers.includes(type)))
    return numbers.findLast((number) => types.includes(number)) ?? first;
  throw new UsageError(
    `Column mart.${column} has different types among the members (${types.join(', ')}). Bring them to the same version: genesys-warehouse migrate.`,
  );
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
