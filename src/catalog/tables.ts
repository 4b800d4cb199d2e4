import type { Catalog, CatalogColumn, CatalogRelationship } from '../model/catalog.js';

/** A file of a model, by its path below the directory of the model. */
export interface ModelFile {
  readonly path: string;
  readonly text: string;
}

/** A relation of schema `mart` with the facts that a model needs. */
export interface CatalogTable {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly columns: readonly CatalogColumn[];
  /** The column that others refer to, if there is one. */
  readonly key: string | undefined;
  /** To relations of the same model. */
  readonly references: readonly CatalogRelationship[];
}

/**
 * Returns the relations that a report is built from: dimensions, facts, reports and bridges that
 * `genesys_reader` may read. A model with others would fail to refresh for most of its users.
 */
export function modelTables(catalog: Catalog): CatalogTable[] {
  return tablesOf(catalog, (column) => column.isForReaders && column.relationKind !== 'operations');
}

/** Returns every relation that has columns for which `isWanted` holds. */
export function tablesOf(catalog: Catalog, isWanted: (column: CatalogColumn) => boolean): CatalogTable[] {
  const byRelation = new Map<string, CatalogColumn[]>();
  for (const column of catalog.columns.filter(isWanted))
    byRelation.set(column.relation, [...(byRelation.get(column.relation) ?? []), column]);
  return [...byRelation].map(([name, columns]) => ({
    name,
    kind: columns[0]?.relationKind ?? '',
    description: columns[0]?.relationDescription ?? '',
    columns,
    key: catalog.relationships.find(({ toRelation }) => toRelation === name)?.toColumn,
    references: catalog.relationships.filter(
      ({ fromRelation, toRelation }) => fromRelation === name && byRelation.has(toRelation),
    ),
  }));
}

const numberTypes = new Set(['bigint', 'integer', 'smallint', 'numeric', 'real', 'double precision']);
const wholeTypes = new Set(['bigint', 'integer', 'smallint']);

export type ColumnType = 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'text';

/** Returns the column's type for BI tools; ids and everything unknown are text. */
export function columnType({ dataType }: Pick<CatalogColumn, 'dataType'>): ColumnType {
  if (wholeTypes.has(dataType)) return 'integer';
  if (numberTypes.has(dataType)) return 'real';
  if (dataType === 'boolean') return 'boolean';
  if (dataType === 'date') return 'date';
  return dataType.startsWith('timestamp') ? 'datetime' : 'text';
}

/** Returns `handle_seconds` as `Handle seconds`. */
export function captionOf(column: string): string {
  const words = column.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
