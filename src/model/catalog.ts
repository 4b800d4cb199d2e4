/** A column of a relation of schema `mart`, as `mart.ops_dictionary` describes it. */
export interface CatalogColumn {
  readonly relation: string;
  readonly relationKind: string;
  readonly relationDescription: string;
  readonly column: string;
  /** Type in Postgres. */
  readonly dataType: string;
  readonly unit: string | null;
  readonly description: string;
  /** Name of the field or metric in Genesys Cloud, where the description has one. */
  readonly sourceField: string | null;
  /** True where values of several rows may be added up. */
  readonly isAdditive: boolean;
  readonly isPersonal: boolean;
  /** False for relations that the role `genesys_reader` may not select from. */
  readonly isForReaders: boolean;
}

/** A column that refers to the key of another relation, as in `mart.ops_relationships`. */
export interface CatalogRelationship {
  readonly fromRelation: string;
  readonly fromColumn: string;
  readonly toRelation: string;
  readonly toColumn: string;
  /** `many_to_one` or `one_to_one`. */
  readonly cardinality: string;
  /** True for the one relationship by which a model filters. */
  readonly isActive: boolean;
}

export interface Catalog {
  readonly columns: readonly CatalogColumn[];
  readonly relationships: readonly CatalogRelationship[];
}
