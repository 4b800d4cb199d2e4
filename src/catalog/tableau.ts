import type { Catalog, CatalogColumn, CatalogRelationship } from '../model/catalog.js';
import { ratiosOf, writeSum } from './ratios.js';
import { type CatalogTable, type ColumnType, captionOf, columnType, type ModelFile, modelTables } from './tables.js';

const connection = 'postgres.genesys';
const starKinds = new Set(['fact', 'report']);

/** A table of a data source, and the names by which the data source knows its columns. */
interface Member {
  readonly table: CatalogTable;
  readonly localName: (column: string) => string;
}

/**
 * Writes a Tableau data source (.tds) for each fact and report: the relation, its dimensions joined
 * to it by relationships, descriptions, and a calculated field for each rate and average.
 */
export function tableauSources(catalog: Catalog): ModelFile[] {
  const tables = modelTables(catalog);
  return tables
    .filter(({ kind }) => starKinds.has(kind))
    .map((table) => ({ path: `${table.name}.tds`, text: dataSource(table, tables) }));
}

function dataSource(fact: CatalogTable, tables: readonly CatalogTable[]): string {
  const active = fact.references.filter(({ isActive }) => isActive);
  const dimensions = tables.filter(({ name }) => active.some(({ toRelation }) => toRelation === name));
  const members = membersOf([fact, ...dimensions]);
  return `${[
    "<?xml version='1.0' encoding='utf-8' ?>",
    `<datasource formatted-name='${fact.name}' inline='true' source-platform='win' version='18.1' caption='${fact.name}'>`,
    ...connectionLines(members),
    ...members.flatMap(columnLines),
    ...calculationLines(fact),
    ...graphLines(members, active),
    '</datasource>',
  ].join('\n')}\n`;
}

/** Names the columns. A name that an earlier table already has is followed by its own table's name, as in Tableau. */
function membersOf(tables: readonly CatalogTable[]): Member[] {
  return tables.map((table, no) => {
    const taken = new Set(tables.slice(0, no).flatMap(({ columns }) => columns.map(({ column }) => column)));
    return { table, localName: (column) => (taken.has(column) ? `[${column} (${table.name})]` : `[${column}]`) };
  });
}

function connectionLines(members: readonly Member[]): string[] {
  return [
    "  <connection class='federated'>",
    '    <named-connections>',
    `      <named-connection caption='localhost' name='${connection}'>`,
    "        <connection authentication='username-password' class='postgres' dbname='genesys' one-time-sql='' port='5432' server='localhost' username='' />",
    '      </named-connection>',
    '    </named-connections>',
    "    <relation type='collection'>",
    ...members.map(({ table }) => `      ${relation(table.name)}`),
    '    </relation>',
    '    <cols>',
    ...members.flatMap(({ table, localName }) =>
      table.columns.map(({ column }) => `      <map key='${localName(column)}' value='[${table.name}].[${column}]' />`),
    ),
    '    </cols>',
    '  </connection>',
    "  <aliases enabled='yes' />",
  ];
}

const relation = (name: string): string =>
  `<relation connection='${connection}' name='${name}' table='[mart].[${name}]' type='table' />`;

const dataTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'integer',
  real: 'real',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  text: 'string',
};

function columnLines({ table, localName }: Member): string[] {
  return table.columns.flatMap((column) => [
    `  <column caption='${captionOf(column.column)}' ${roleOf(column)} name='${localName(column.column)}'>`,
    ...descriptionLines(column.description),
    '  </column>',
  ]);
}

function roleOf(column: CatalogColumn): string {
  const datatype = `datatype='${dataTypes[columnType(column)]}'`;
  return column.isAdditive
    ? `aggregation='Sum' ${datatype} role='measure' type='quantitative'`
    : `${datatype} role='dimension' type='nominal'`;
}

function calculationLines(fact: CatalogTable): string[] {
  const sum = (column: string) => `SUM([${column}])`;
  return ratiosOf(fact).flatMap(({ column, numerator, denominator }) => [
    `  <column caption='${captionOf(column.column)} (all rows)' datatype='real' name='[Calculation_${column.column}]' role='measure' type='quantitative'>`,
    `    <calculation class='tableau' formula='(${writeSum(numerator, sum)}) / (${writeSum(denominator, sum)})' />`,
    ...descriptionLines(column.description),
    '  </column>',
  ]);
}

function descriptionLines(description: string): string[] {
  return [`    <desc><formatted-text><run>${escaped(description)}</run></formatted-text></desc>`];
}

function graphLines(members: readonly Member[], references: readonly CatalogRelationship[]): string[] {
  return [
    '  <object-graph>',
    '    <objects>',
    ...members.flatMap(({ table: { name } }) => [
      `      <object caption='${name}' id='${name}'>`,
      `        <properties context=''>${relation(name)}</properties>`,
      '      </object>',
    ]),
    '    </objects>',
    '    <relationships>',
    ...references.flatMap((reference) => relationshipLines(members, reference)),
    '    </relationships>',
    '  </object-graph>',
  ];
}

function relationshipLines(members: readonly Member[], reference: CatalogRelationship): string[] {
  const { fromRelation, fromColumn, toRelation, toColumn } = reference;
  const name = (table: string, column: string) =>
    members.find((member) => member.table.name === table)?.localName(column) ?? `[${column}]`;
  return [
    '      <relationship>',
    "        <expression op='='>",
    `          <expression op='${name(fromRelation, fromColumn)}' />`,
    `          <expression op='${name(toRelation, toColumn)}' />`,
    '        </expression>',
    `        <first-end-point object-id='${fromRelation}' />`,
    `        <second-end-point object-id='${toRelation}' />`,
    '      </relationship>',
  ];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>'"]/g, (character) => entities[character] ?? '');
