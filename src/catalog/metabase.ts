import type { Catalog, CatalogColumn } from '../model/catalog.js';
import { metabaseProgram } from './metabase-program.js';
import { type CatalogTable, captionOf, columnType, modelTables } from './tables.js';

const modelKinds = new Set(['fact', 'report']);

/**
 * Writes a program for Node 20 that brings a Metabase up to this catalogue over its API:
 * descriptions, semantic types and foreign keys of fields, and a model for each fact and report
 * with its dimensions joined. Running it again updates existing objects instead of adding others.
 */
export function metabaseScript(catalog: Catalog): string {
  return metabaseProgram(modelTables(catalog).map(tableSettings));
}

function tableSettings(table: CatalogTable): object {
  return {
    name: table.name,
    description: table.description,
    isModel: modelKinds.has(table.kind),
    fields: table.columns.map((column) => fieldSettings(table, column)),
  };
}

function fieldSettings(table: CatalogTable, column: CatalogColumn): object {
  const reference = table.references.find(({ fromColumn }) => fromColumn === column.column);
  return {
    name: column.column,
    displayName: captionOf(column.column),
    description: column.description,
    semanticType: semanticType(table, column, reference !== undefined),
    ...(reference !== undefined && {
      target: [reference.toRelation, reference.toColumn],
      isJoined: reference.isActive,
    }),
  };
}

function semanticType({ key }: CatalogTable, column: CatalogColumn, isReference: boolean): string | null {
  if (isReference) return 'type/FK';
  if (column.column === key) return 'type/PK';
  if (column.column.endsWith('_rate')) return 'type/Percentage';
  if (column.column === 'name' || column.column.endsWith('_name')) return 'type/Name';
  if (columnType(column) === 'boolean') return 'type/Category';
  return null;
}
