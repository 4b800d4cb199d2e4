import { stringify } from 'yaml';
import type { Catalog, CatalogColumn } from '../model/catalog.js';
import { type CatalogTable, tablesOf } from './tables.js';

const sourceName = 'genesys_warehouse';

/**
 * Writes `sources.yml` for dbt 1.8 or later: every relation that `genesys_reader` may read, with
 * descriptions, and with tests of keys (`unique`, `not_null`) and of references (`relationships`).
 */
export function dbtSources(catalog: Catalog): string {
  const tables = tablesOf(catalog, ({ isForReaders }) => isForReaders).map(dbtTable);
  const source = {
    name: sourceName,
    schema: 'mart',
    description: 'Reports of a Genesys Cloud contact centre.',
    tables,
  };
  return stringify({ version: 2, sources: [source] }, { lineWidth: 0 });
}

function dbtTable(table: CatalogTable): object {
  return {
    name: table.name,
    description: escaped(table.description),
    columns: table.columns.map((column) => dbtColumn(table, column)),
  };
}

function dbtColumn(table: CatalogTable, { column, dataType, description, unit, isAdditive }: CatalogColumn): object {
  const tests = testsOf(table, column);
  return {
    name: column,
    description: escaped(description),
    data_type: dataType,
    meta: { ...(unit !== null && { unit }), is_additive: isAdditive },
    ...(tests.length > 0 && { data_tests: tests }),
  };
}

function testsOf({ key, references }: CatalogTable, column: string): unknown[] {
  const keys = column === key ? ['unique', 'not_null'] : [];
  const relationships = references
    .filter(({ fromColumn }) => fromColumn === column)
    .map(({ toRelation, toColumn }) => ({
      relationships: { to: `source('${sourceName}', '${toRelation}')`, field: toColumn },
    }));
  return [...keys, ...relationships];
}

/** Escapes what dbt would evaluate as a template. */
const escaped = (text: string): string => text.replaceAll(/\{(?=[{%#])/g, '{ ');
