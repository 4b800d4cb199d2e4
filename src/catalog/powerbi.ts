import type { Catalog, CatalogColumn, CatalogRelationship } from '../model/catalog.js';
import { type Ratio, ratiosOf, writeSum } from './ratios.js';
import { type CatalogTable, type ColumnType, captionOf, columnType, type ModelFile, modelTables } from './tables.js';

const project = 'genesys-warehouse';
const model = `${project}.SemanticModel`;
/** Level that Power BI Desktop of 2023 and later can read. */
const compatibilityLevel = 1567;

const dataTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'int64',
  real: 'double',
  boolean: 'boolean',
  date: 'dateTime',
  datetime: 'dateTime',
  text: 'string',
};
const formats: Partial<Record<ColumnType, string>> = { date: 'yyyy-mm-dd', datetime: 'yyyy-mm-dd hh:nn:ss' };

/**
 * Writes a Power BI project whose semantic model is TMDL: a table for each relation, the
 * relationships, server and database as parameters, and a measure for each rate and average.
 */
export function powerbiProject(catalog: Catalog): ModelFile[] {
  const tables = modelTables(catalog);
  const definition = (path: string, lines: readonly string[]) => ({
    path: `${model}/definition/${path}`,
    text: `${lines.join('\n')}\n`,
  });
  return [
    ...projectFiles(),
    definition('database.tmdl', ['database', `\tcompatibilityLevel: ${compatibilityLevel}`]),
    definition('model.tmdl', modelLines(tables)),
    definition('expressions.tmdl', [...parameter('Server', 'localhost:5432'), '', ...parameter('Database', 'genesys')]),
    definition(
      'relationships.tmdl',
      tables.flatMap(({ references }) => references.flatMap(relationshipLines)),
    ),
    ...tables.map((table) => definition(`tables/${table.name}.tmdl`, tableLines(table))),
  ];
}

/** Builds the files by which Power BI Desktop finds the model, and an empty report on it. */
function projectFiles(): ModelFile[] {
  const report = `${project}.Report`;
  const json = (path: string, value: object) => ({ path, text: `${JSON.stringify(value, null, 2)}\n` });
  return [
    json(`${project}.pbip`, { version: '1.0', artifacts: [{ report: { path: report } }], settings: {} }),
    json(`${model}/definition.pbism`, { version: '4.0', settings: {} }),
    json(`${report}/definition.pbir`, { version: '1.0', datasetReference: { byPath: { path: `../${model}` } } }),
    json(`${report}/report.json`, { config: '{"version":"5.43"}', layoutOptimization: 0, sections: [firstPage] }),
  ];
}

const firstPage = {
  name: 'first',
  displayName: 'Page 1',
  displayOption: 1,
  width: 1280,
  height: 720,
  config: '{}',
  filters: '[]',
  visualContainers: [],
};

function modelLines(tables: readonly CatalogTable[]): string[] {
  return [
    'model Model',
    '\tculture: en-US',
    '\tdefaultPowerBIDataSourceVersion: powerBI_V3',
    '',
    ...tables.map(({ name }) => `ref table ${name}`),
  ];
}

const parameter = (name: string, value: string): string[] => [
  `expression ${name} = "${value}" meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]`,
];

function relationshipLines(relationship: CatalogRelationship): string[] {
  const { fromRelation, fromColumn, toRelation, toColumn, cardinality, isActive } = relationship;
  return [
    `relationship ${fromRelation}_${fromColumn}`,
    ...(isActive ? [] : ['\tisActive: false']),
    ...(cardinality === 'one_to_one' ? ['\tfromCardinality: one', '\tcrossFilteringBehavior: bothDirections'] : []),
    `\tfromColumn: ${fromRelation}.${fromColumn}`,
    `\ttoColumn: ${toRelation}.${toColumn}`,
    '',
  ];
}

function tableLines(table: CatalogTable): string[] {
  return [
    `/// ${oneLine(table.description)}`,
    `table ${table.name}`,
    ...(table.name === 'dim_dates' ? ['\tdataCategory: Time'] : []),
    '',
    ...ratiosOf(table).flatMap((ratio) => measureLines(table.name, ratio)),
    ...table.columns.flatMap((column) => columnLines(table, column)),
    ...partitionLines(table.name),
  ];
}

/**
 * Builds measures. They share one namespace with the tables' columns and with each other, so their
 * names contain the relation.
 */
function measureLines(relation: string, { column, numerator, denominator }: Ratio): string[] {
  const sum = (name: string) => `SUM(${relation}[${name}])`;
  const format = column.column.endsWith('_rate') ? '0.0%' : '0.0';
  return [
    `\t/// ${oneLine(column.description)}`,
    `\tmeasure '${captionOf(column.column)} (${relation})' = DIVIDE(${writeSum(numerator, sum)}, ${writeSum(denominator, sum)})`,
    `\t\tformatString: ${format}`,
    '',
  ];
}

function columnLines({ name, key }: CatalogTable, column: CatalogColumn): string[] {
  const type = columnType(column);
  const format = formats[type];
  return [
    `\t/// ${oneLine(column.description)}`,
    `\tcolumn ${column.column}`,
    `\t\tdataType: ${dataTypes[type]}`,
    ...(column.column === key && name.startsWith('dim_') ? ['\t\tisKey'] : []),
    ...(format === undefined ? [] : [`\t\tformatString: ${format}`]),
    `\t\tsummarizeBy: ${column.isAdditive ? 'sum' : 'none'}`,
    `\t\tsourceColumn: ${column.column}`,
    '',
  ];
}

function partitionLines(name: string): string[] {
  return [
    `\tpartition ${name} = m`,
    '\t\tmode: import',
    '\t\tsource =',
    '\t\t\t\tlet',
    '\t\t\t\t\tSource = PostgreSQL.Database(Server, Database),',
    `\t\t\t\t\tData = Source{[Schema="mart", Item="${name}"]}[Data]`,
    '\t\t\t\tin',
    '\t\t\t\t\tData',
  ];
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
