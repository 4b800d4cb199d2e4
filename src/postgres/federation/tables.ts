/** Statements that make the tables of a federated database: one a relation, parted by organisation, with a foreign table a member. */
import pg from 'pg';
import { absentColumns, organizationColumns } from './published.js';
import type { FederatedColumn, FederatedRelation } from './relations.js';

/** Schema in which a rebuild makes the tables; they are renamed when the views read them. */
export const nextSchema = 'federation_next';
export const dataSchema = 'federation_data';

export interface MemberOfTables {
  readonly name: string;
  readonly organizationId: string;
}

/** Names in the catalogue are cut at 63 bytes, and a foreign table is called after both. */
export const memberNameCharactersMax = 20;

const id = pg.escapeIdentifier;
const text = pg.escapeLiteral;

export function tableStatements(relation: FederatedRelation, members: readonly MemberOfTables[]): string[] {
  const columns = [...organization, ...relation.columns.map(({ name, type }) => `${id(name)} ${type}`)];
  const parent = `${nextSchema}.${id(relation.name)}`;
  return [
    `create table ${parent} (${columns.join(', ')}) partition by list (organization_id)`,
    ...relation.members.flatMap(({ name }) => {
      const member = members.find((each) => each.name === name);
      return member === undefined ? [] : partitionStatements(relation, parent, member);
    }),
  ];
}

const organization = Object.entries(organizationColumns).map(([name, type]) => `${name} ${type}`);

function partitionStatements(relation: FederatedRelation, parent: string, member: MemberOfTables): string[] {
  const partition = `${nextSchema}.${id(partitionName(relation.name, member.name))}`;
  const columns = [...organization, ...relation.columns.map((column) => foreignColumn(column, member.name))];
  return [
    `create foreign table ${partition} (${columns.join(', ')})
     server ${id(member.name)} options (schema_name 'federation', table_name ${text(relation.name)})`,
    `alter table ${parent} attach partition ${partition} for values in (${text(member.organizationId)})`,
  ];
}

export function partitionName(relation: string, member: string): string {
  return `${relation}@${member}`;
}

/** Defines a foreign column; one that a member lacks is read from its column of nulls of the type. */
function foreignColumn({ name, type, missingFrom }: FederatedColumn, member: string): string {
  const absent = missingFrom.includes(member) ? ` options (column_name ${text(absentColumns[type] ?? '')})` : '';
  return `${id(name)} ${type}${absent}`;
}

/** Small relations by which members are asked whether they answer. */
export function pingStatement(member: string, server: string, schema = nextSchema): string {
  return `create foreign table ${schema}.${id(partitionName('ping', member))} (oid oid)
    server ${id(server)} options (schema_name 'pg_catalog', table_name 'pg_am')`;
}
